//! `str`: its table of methods, and making strings. The methods are in [`str_methods`](super::str_methods).

use super::common::{fail, Res};
use super::convert::{instance_of, named_text};
use super::str_methods::{case, codec, edit, operators, search, split};
use super::{format, repr};
use crate::bytecode::Driver;
use crate::object::native::{Args, NativeDef};
use crate::object::{buffer, bytes, class, classes, root_handle, str, Root};
use taipan_gc::Cx;

/// Methods of `str`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, object=, encoding=, errors="),
    NativeDef::new("__repr__", operators::repr, "self, /"),
    NativeDef::new("__str__", operators::str_of, "self, /"),
    NativeDef::new("__format__", operators::format_spec, "self, format_spec, /"),
    NativeDef::new("__hash__", operators::hash, "self, /"),
    NativeDef::new("__eq__", operators::eq, "self, value, /"),
    NativeDef::new("__ne__", operators::ne, "self, value, /"),
    NativeDef::new("__lt__", operators::lt, "self, value, /"),
    NativeDef::new("__le__", operators::le, "self, value, /"),
    NativeDef::new("__gt__", operators::gt, "self, value, /"),
    NativeDef::new("__ge__", operators::ge, "self, value, /"),
    NativeDef::new("__add__", operators::add, "self, value, /"),
    NativeDef::new("__mul__", operators::multiply, "self, value, /"),
    NativeDef::new("__rmul__", operators::multiply, "self, value, /"),
    NativeDef::new("__mod__", operators::modulo, "self, value, /"),
    NativeDef::new("__rmod__", operators::reversed_modulo, "self, value, /"),
    NativeDef::new("__len__", operators::len, "self, /"),
    NativeDef::new("__getitem__", operators::getitem, "self, key, /"),
    NativeDef::new("__contains__", search::contains, "self, key, /"),
    NativeDef::new("__iter__", operators::iterate, "self, /"),
    NativeDef::new("__getnewargs__", operators::getnewargs, "self, /"),
    NativeDef::new("capitalize", case::capitalize, "self, /"),
    NativeDef::new("casefold", case::casefold, "self, /"),
    NativeDef::new("center", case::center, "self, width, fillchar=' ', /"),
    NativeDef::new("count", search::count, "self, sub, start=None, end=None, /"),
    NativeDef::new("encode", codec::encode, "self, /, encoding='utf-8', errors='strict'"),
    NativeDef::new("endswith", search::endswith, "self, suffix, start=None, end=None, /"),
    NativeDef::new("expandtabs", case::expandtabs, "self, /, tabsize=8"),
    NativeDef::new("find", search::find, "self, sub, start=None, end=None, /"),
    NativeDef::new("format", format::str_format, "self, /, *args, **kwargs"),
    NativeDef::new("format_map", format::str_format_map, "self, mapping, /"),
    NativeDef::new("index", search::index, "self, sub, start=None, end=None, /"),
    NativeDef::new("isalnum", case::isalnum, "self, /"),
    NativeDef::new("isalpha", case::isalpha, "self, /"),
    NativeDef::new("isascii", case::isascii, "self, /"),
    NativeDef::new("isdecimal", case::isdecimal, "self, /"),
    NativeDef::new("isdigit", case::isdigit, "self, /"),
    NativeDef::new("isidentifier", case::isidentifier, "self, /"),
    NativeDef::new("islower", case::islower, "self, /"),
    NativeDef::new("isnumeric", case::isnumeric, "self, /"),
    NativeDef::new("isprintable", case::isprintable, "self, /"),
    NativeDef::new("isspace", case::isspace, "self, /"),
    NativeDef::new("istitle", case::istitle, "self, /"),
    NativeDef::new("isupper", case::isupper, "self, /"),
    NativeDef::new("join", edit::join, "self, iterable, /").driven(Driver::GatheredFor),
    NativeDef::new("ljust", case::ljust, "self, width, fillchar=' ', /"),
    NativeDef::new("lower", case::lower, "self, /"),
    NativeDef::new("lstrip", split::lstrip, "self, chars=None, /"),
    NativeDef::new_static("maketrans", edit::maketrans, "x, y=, z=, /"),
    NativeDef::new("partition", split::partition, "self, sep, /"),
    NativeDef::new("removeprefix", search::removeprefix, "self, prefix, /"),
    NativeDef::new("removesuffix", search::removesuffix, "self, suffix, /"),
    NativeDef::new("replace", edit::replace, "self, old, new, count=-1, /"),
    NativeDef::new("rfind", search::rfind, "self, sub, start=None, end=None, /"),
    NativeDef::new("rindex", search::rindex, "self, sub, start=None, end=None, /"),
    NativeDef::new("rjust", case::rjust, "self, width, fillchar=' ', /"),
    NativeDef::new("rpartition", split::rpartition, "self, sep, /"),
    NativeDef::new("rsplit", split::rsplit, "self, /, sep=None, maxsplit=-1"),
    NativeDef::new("rstrip", split::rstrip, "self, chars=None, /"),
    NativeDef::new("split", split::split, "self, /, sep=None, maxsplit=-1"),
    NativeDef::new("splitlines", split::splitlines, "self, /, keepends=False"),
    NativeDef::new("startswith", search::startswith, "self, prefix, start=None, end=None, /"),
    NativeDef::new("strip", split::strip, "self, chars=None, /"),
    NativeDef::new("swapcase", case::swapcase, "self, /"),
    NativeDef::new("title", case::title, "self, /"),
    NativeDef::new("translate", edit::translate, "self, table, /"),
    NativeDef::new("upper", case::upper, "self, /"),
    NativeDef::new("zfill", case::zfill, "self, width, /"),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::STR)?;
    let encoding = named_text(cx, args, 2, "str() argument 'encoding'")?;
    let errors = named_text(cx, args, 3, "str() argument 'errors'")?;
    let value = match args.get(cx, 1) {
        None => root_handle(cx, Root::EmptyStr),
        Some(object) if encoding.is_none() && errors.is_none() => repr::str(cx, object)?.any(),
        Some(object) if str::of(cx, object.get(cx)).is_some() => {
            fail!(cx, TYPE_ERROR, "decoding str is not supported")
        }
        Some(object) if bytes::of(cx, object.get(cx)).is_none() && buffer::is_plain(cx, object) => {
            let data = buffer::content(cx, object, false)?.unwrap_or_default();
            let data = bytes::new(cx, &data)?.any();
            codec::decode_bytes(cx, data, encoding.as_deref(), errors.as_deref())?
        }
        Some(object) if bytes::of(cx, object.get(cx)).is_none() => {
            let given = class::type_name(cx, object.get(cx));
            fail!(cx, TYPE_ERROR, "decoding to str: need a bytes-like object, {given} found")
        }
        Some(object) => codec::decode_bytes(cx, object, encoding.as_deref(), errors.as_deref())?,
    };
    instance_of(cx, class, classes::STR, value)
}
