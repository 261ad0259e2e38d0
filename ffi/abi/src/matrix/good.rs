//! Good arguments: a C expression for each parameter, by function where it must be, else by name or type.
//!
//! A parameter that nothing here fits is an error, so that a new function is not left out of the matrix. `w` is the harness's world
//! (`ffi/tests/matrix/world.h`), whose values are made anew for each case.

use crate::model::*;

/// For one parameter of one function.
const BY_FUNCTION: &[(&str, &str, &str)] = &[
    ("tpn_heap_free", "heap", "spare_heap(w)"),
    ("tpn_attach_heap", "heap", "spare_heap(w)"),
    ("tpn_detach", "ctx", "spare_context(w)"),
    ("tpn_enter", "ctx", "left_context(w)"),
    ("tpn_remote_free", "remote", "spare_remote(w)"),
    ("tpn_heap_new", "buffer", "w->message"),
    ("tpn_dict", "n", "1"),
    ("tpn_payload", "object", "w->host"),
    ("tpn_new_tail", "type", "w->tailed"),
    ("tpn_new_tail", "n", "3"),
    ("tpn_trace_slots", "slots", "&w->shown[0]"),
    ("tpn_trace_slots", "n", "2"),
    ("tpn_setattr", "object", "w->thing"),
    ("tpn_delattr", "object", "w->thing_with"),
    ("tpn_call_method", "object", "w->thing"),
    ("tpn_raise", "exception", "w->exception_type"),
    ("tpn_binary", "op", "TPN_ADD"),
    ("tpn_inplace", "op", "TPN_ADD"),
    ("tpn_unary", "op", "TPN_NEG"),
    ("tpn_call_kw", "callee", "w->named"),
    ("tpn_call_method_kw", "object", "w->thing"),
    ("tpn_call_method_kw", "name", "w->named_name"),
    ("tpn_dict_next", "position", "&w->position"),
    ("tpn_seq_copy", "sequence", "w->list"),
    ("tpn_int", "value", "7"),
    ("tpn_uint", "value", "7"),
    ("tpn_float", "value", "7"),
    ("tpn_module", "name", "\"matrix_module\""),
    ("tpn_raise_std", "name", "\"ValueError\""),
    ("tpn_import", "name", "\"sys\""),
    ("tpn_compile", "len", "TPN_STRLEN"),
    ("tpn_code_load", "bytes", "w->dump"),
    ("tpn_code_load", "len", "(size_t)w->dump_len"),
    ("tpn_exec", "len", "TPN_STRLEN"),
    ("tpn_eval", "len", "TPN_STRLEN"),
    ("tpn_config_init", "size", "(uint32_t)sizeof(tpn_config)"),
    ("tpn_gc_reserve", "bytes", "8"),
    ("tpn_buf_open", "bytes", "w->text"),
    ("tpn_buf_open", "flags", "0"),
    ("tpn_buf_open", "buf", "buf_room(w)"),
    ("tpn_buf_close", "buf", "open_buf(w)"),
    ("tpn_memory", "data", "some_memory"),
    ("tpn_memory", "flags", "TPN_MEMORY_WRITE"),
];

/// For parameters of a name and a type.
const BY_NAME: &[(&str, &str, &str)] = &[
    ("value", "tpn_val", "w->text"),
    ("item", "tpn_val", "w->text"),
    ("a", "tpn_val", "w->text"),
    ("b", "tpn_val", "w->text"),
    ("code", "tpn_val", "w->code"),
    ("globals", "tpn_val", "w->dict"),
    ("mode", "int32_t", "TPN_CODE_EXEC"),
    ("sequence", "tpn_val", "w->numbers"),
    ("dict", "tpn_val", "w->dict"),
    ("numbers", "const double *", "some_doubles"),
    ("numbers", "const int64_t *", "some_ints"),
    ("from", "int64_t", "0"),
    ("flags", "uint32_t", "TPN_INT_SIGNED"),
    ("buffer", "void *", "w->buffer"),
    ("left", "tpn_val", "w->text"),
    ("right", "tpn_val", "w->text"),
    ("text", "tpn_val", "w->text"),
    ("number", "tpn_val", "tpn_i32(7)"),
    ("object", "tpn_val", "w->list"),
    ("list", "tpn_val", "w->list"),
    ("container", "tpn_val", "w->list"),
    ("owner", "tpn_val", "w->host"),
    ("key", "tpn_val", "tpn_i32(0)"),
    ("callee", "tpn_val", "w->callable"),
    ("type", "tpn_val", "w->str_type"),
    ("iterator", "tpn_val", "w->iterator"),
    ("exception", "tpn_val", "w->exception"),
    ("items", "const tpn_val *", "w->items"),
    ("pairs", "const tpn_val *", "w->items"),
    ("argv", "const tpn_val *", "w->items"),
    ("n", "int64_t", "2"),
    ("argc", "int32_t", "2"),
    ("n_fns", "uint32_t", "1"),
    ("n_kwargs", "int32_t", "2"),
    ("kwargs", "const tpn_kwarg *", "w->kwargs"),
    ("utf8", "const char *", "\"text\""),
    ("bytes", "const void *", "\"text\""),
    ("len", "size_t", "4"),
    ("cap", "size_t", "sizeof w->buffer"),
    ("source", "const char *", "\"1 + 1\""),
    ("file", "const char *", "\"file.py\""),
    ("message", "const char *", "\"text\""),
    ("feature", "const char *", "\"weak\""),
    ("buffer", "char *", "w->buffer"),
    ("status", "tpn_status", "TPN_E_ARG"),
    ("index", "int32_t", "0"),
    ("op", "int32_t", "TPN_EQ"),
    ("level", "int32_t", "TPN_GC_FULL"),
    ("fuel", "uint64_t", "TPN_FUEL_ANY"),
    ("budget_ns", "uint64_t", "1000"),
    ("delta_bytes", "int64_t", "8"),
    ("hard_limit", "uint64_t", "0"),
    ("soft_limit", "uint64_t", "0"),
    ("percent", "double", "50"),
    ("nth", "int64_t", "0"),
    ("count", "uint32_t", "1"),
    ("since", "int64_t", "0"),
];

/// For parameters of a type.
const BY_TYPE: &[(&str, &str)] = &[
    ("tpn_ctx *", "w->ctx"),
    ("tpn_heap *", "w->heap"),
    ("tpn_fin *", "w->fin"),
    ("tpn_tracer *", "w->tracer"),
    ("tpn_remote *", "w->remote"),
    ("tpn_task_fn", "ignore_task"),
    ("tpn_ref", "w->ref"),
    ("tpn_type", "w->type"),
    ("tpn_name", "w->name"),
    ("tpn_scope", "inner_scope(w)"),
    ("tpn_slot *", "w->slot"),
    ("const tpn_slot *", "w->slot"),
    ("const tpn_fnspec *", "&w->fnspec"),
    ("const tpn_typespec *", "&w->typespec"),
    ("const tpn_config *", "&w->config"),
    ("tpn_log_fn", "ignore_log"),
    ("tpn_died_fn", "ignore_death"),
    ("tpn_gc_event_fn", "ignore_event"),
    ("tpn_free_fn", "ignore_free"),
    ("void *", "w"),
];

/// The expression for a parameter.
pub(crate) fn argument(signature: &Signature, param: &Param) -> Result<&'static str, String> {
    let kind = param.kind.to_string();
    let by_function = BY_FUNCTION.iter().find(|(f, p, _)| *f == signature.name && *p == param.name);
    let by_name = || BY_NAME.iter().find(|(p, k, _)| *p == param.name && *k == kind);
    let by_type = || BY_TYPE.iter().find(|(k, _)| *k == kind);
    if let Some(found) = by_function.or_else(by_name) {
        return Ok(found.2);
    }
    if let Some(found) = by_type() {
        return Ok(found.1);
    }
    if param.kind.is_out() {
        return Ok("out(w)");
    }
    Err(format!(
        "{}: no good argument is known for `{}`: add one to ffi/abi/src/matrix/good.rs",
        signature.name,
        declared(&param.kind, &param.name)
    ))
}

/// What takes back what a call that succeeded has done; `o` is its outcome, `a` its arguments.
pub(crate) fn cleanup(function: &Function) -> &'static str {
    match function.signature.name.as_str() {
        "tpn_heap_new" => "(void)tpn_heap_free(*(tpn_heap **)a[1].out);",
        "tpn_heap_free" => "if (a[0].heap != NULL) w->spare = NULL;",
        "tpn_scope_open" => "(void)tpn_scope_close(w->ctx, o->made.scope);",
        "tpn_remote_free" => "if (a[0].remote != NULL) w->spare_remote = NULL;",
        "tpn_leave" => "(void)tpn_enter(w->ctx);",
        "tpn_remote_new" | "tpn_remote_dup" => "(void)tpn_remote_free(o->made.remote);",
        "tpn_interrupt" | "tpn_remote_interrupt" => "(void)tpn_interrupt_withdraw(w->heap);",
        "tpn_buf_open" => "(void)tpn_buf_close(w->ctx, (tpn_buf *)a[3].out);",
        "tpn_gc_external" => "(void)tpn_gc_external(w->ctx, -8);",
        "tpn_gc_on_event" => "(void)tpn_gc_on_event(w->ctx, NULL, NULL);",
        _ if function.signature.result.is("tpn_ref") => "(void)tpn_ref_free(w->ctx, o->made.ref);",
        _ => "",
    }
}
