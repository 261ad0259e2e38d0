"""CPython drives libtaipan through ctypes: a script of its own in another heap, a function of CPython's that the script calls, an error.

    python3 ctypes_host.py libtaipan.so.0 MANAGER
"""
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

STRLEN = c_size_t(-1).value


class Val(ctypes.Structure):
    """tpn_val: a local, good until its scope ends."""
    _fields_ = [('bits', c_uint64)]


ABSENT, ERR, NONE = 0, 2, 6
NATIVE = ctypes.CFUNCTYPE(c_uint64, c_void_p, c_void_p, Val, c_int32, POINTER(Val))


class FnSpec(ctypes.Structure):
    """tpn_fnspec"""
    _fields_ = [('size', c_uint32), ('flags', c_uint32), ('name', c_char_p), ('fn', NATIVE), ('ud', c_void_p),
                ('ud_free', c_void_p), ('min_args', c_int32), ('max_args', c_int32)]


class Config(ctypes.Structure):
    """tpn_config as far as the manager, and the bytes of the rest."""
    _fields_ = [('size', c_uint32), ('abi', c_uint32), ('manager', c_char_p), ('rest', c_uint64 * 11)]


def load(path):
    """The library, with the types of the functions that are used."""
    lib = ctypes.CDLL(path)
    text = [c_char_p, c_size_t]
    for name, result, parameters in [
            ('tpn_config_init', c_int32, [c_void_p, c_uint32]),
            ('tpn_heap_new', c_int32, [c_void_p, POINTER(c_void_p), *text]),
            ('tpn_heap_free', c_int32, [c_void_p]),
            ('tpn_attach_heap', c_int32, [c_void_p, POINTER(c_void_p)]),
            ('tpn_exec', Val, [c_void_p, *text, c_char_p]),
            ('tpn_eval', Val, [c_void_p, *text, c_char_p]),
            ('tpn_module', Val, [c_void_p, c_char_p, POINTER(FnSpec), c_uint32]),
            ('tpn_to_i64', c_int32, [c_void_p, Val, POINTER(c_int64)]),
            ('tpn_int', Val, [c_void_p, c_int64]),
            ('tpn_err_take', Val, [c_void_p]),
            ('tpn_err_format', c_int64, [c_void_p, Val, *text])]:
        function = getattr(lib, name)
        function.restype, function.argtypes = result, parameters
    return lib


def main(path, manager):
    """Runs it all."""
    lib = load(path)
    config, heap, ctx = Config(), c_void_p(), c_void_p()
    message = ctypes.create_string_buffer(256)
    if lib.tpn_config_init(byref(config), ctypes.sizeof(config)) != 0:
        sys.exit('tpn_config has another size')
    config.manager = manager.encode()
    if lib.tpn_heap_new(byref(config), byref(heap), message, len(message)) != 0:
        sys.exit(message.value.decode())
    lib.tpn_attach_heap(heap, byref(ctx))

    def double(ctx, _ud, _self, _argc, argv):
        number = c_int64()
        if lib.tpn_to_i64(ctx, argv[0], byref(number)) != 0:
            return ERR
        return lib.tpn_int(ctx, 2 * number.value).bits

    native = NATIVE(double)  # must live as long as the heap may call it
    spec = FnSpec(ctypes.sizeof(FnSpec), 0, b'double', native, None, None, 1, 1)
    lib.tpn_module(ctx, b'host', byref(spec), 1)
    lib.tpn_exec(ctx, b'from host import double', STRLEN, None)
    number = c_int64()
    lib.tpn_to_i64(ctx, lib.tpn_eval(ctx, b'sum(double(n) for n in range(10))', STRLEN, None), byref(number))
    print('the script counts', number.value)
    if lib.tpn_eval(ctx, b'double("two")', STRLEN, b'<ctypes>').bits == ERR:
        lib.tpn_err_format(ctx, lib.tpn_err_take(ctx), message, len(message))
        print(message.value.decode(), end='')
    return lib.tpn_heap_free(heap)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
