//! Calls of the library's functions, by their numbers: arguments are words, and so is the result.
//!
//! Made by `cargo run -p taipan-abi -- --write`. Leaves out: which words are good.

use crate::kinds::{caller, Caller};

/// A function for each that calls it.
pub(crate) const CALLERS: &[Caller] = &[
    caller!(() -> u32), // tpn_abi_version
    caller!(() -> u64), // tpn_version_string
    caller!((u64: 0) -> i32), // tpn_has
    caller!((i32: 0) -> u64), // tpn_status_name
    caller!((u64: 0, u32: 1) -> i32), // tpn_config_init
    caller!(() -> i32), // tpn_manager_count
    caller!((i32: 0, u64: 1, u64: 2) -> u64), // tpn_manager_name
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> i32), // tpn_heap_new
    caller!((u64: 0) -> i32), // tpn_heap_free
    caller!((u64: 0) -> u64), // tpn_heap_user
    caller!((u64: 0) -> u32), // tpn_heap_caps
    caller!((u64: 0) -> i32), // tpn_interrupt
    caller!((u64: 0) -> i32), // tpn_interrupt_withdraw
    caller!((u64: 0, u64: 1) -> i32), // tpn_attach_heap
    caller!((u64: 0) -> i32), // tpn_detach
    caller!((u64: 0) -> u64), // tpn_ctx_heap
    caller!((u64: 0) -> i32), // tpn_leave
    caller!((u64: 0) -> i32), // tpn_enter
    caller!((u64: 0) -> u64), // tpn_remote_new
    caller!((u64: 0) -> u64), // tpn_remote_dup
    caller!((u64: 0) -> i32), // tpn_remote_free
    caller!((u64: 0) -> i32), // tpn_remote_interrupt
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_remote_post
    caller!((u64: 0, u64: 1) -> i32), // tpn_remote_ref_free
    caller!((u64: 0) -> u64), // tpn_scope_open
    caller!((u64: 0, u64: 1) -> i32), // tpn_scope_close
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_scope_escape
    caller!((u64: 0, u64: 1) -> u64), // tpn_ref_new
    caller!((u64: 0, u64: 1) -> u64), // tpn_weak_new
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_weak_watch
    caller!((u64: 0, u64: 1) -> u64), // tpn_ref_get
    caller!((u64: 0, u64: 1) -> i32), // tpn_ref_weaken
    caller!((u64: 0, u64: 1) -> i32), // tpn_ref_strengthen
    caller!((u64: 0, u64: 1) -> i32), // tpn_ref_free
    caller!((u64: 0, u64: 1) -> i32), // tpn_fin_ref_free
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_is
    caller!((u64: 0, u64: 1) -> u64), // tpn_id
    caller!((u64: 0, u64: 1) -> u64), // tpn_func
    caller!((u64: 0, u64: 1, u64: 2, u32: 3) -> u64), // tpn_module
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_trace_slots
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_type_new
    caller!((u64: 0, u32: 1) -> u64), // tpn_type_val
    caller!((u64: 0, u32: 1, u64: 2) -> u64), // tpn_new
    caller!((u64: 0, u32: 1, u32: 2, u64: 3, u64: 4) -> u64), // tpn_new_tail
    caller!((u64: 0, u64: 1, u32: 2) -> u64), // tpn_payload
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_slot_get
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> i32), // tpn_slot_set
    caller!((u64: 0, u64: 1) -> i32), // tpn_kind
    caller!((u64: 0, u64: 1) -> u64), // tpn_int
    caller!((u64: 0, u64: 1) -> u64), // tpn_uint
    caller!((u64: 0, u64: 1, u64: 2, u32: 3) -> u64), // tpn_int_from_bytes
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, u32: 4) -> u64), // tpn_int_to_bytes
    caller!((u64: 0, f64: 1) -> u64), // tpn_float
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_to_i64
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_to_u64
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_to_f64
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_str
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_bytes
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_str_copy
    caller!((u64: 0, u64: 1) -> u64), // tpn_repr
    caller!((u64: 0, u64: 1) -> u64), // tpn_tostr
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_intern
    caller!((u64: 0, u64: 1, u32: 2, u64: 3) -> i32), // tpn_buf_open
    caller!((u64: 0, u64: 1) -> i32), // tpn_buf_close
    caller!((u64: 0, u64: 1, u64: 2, u32: 3, u64: 4, u64: 5) -> u64), // tpn_memory
    caller!((u64: 0, u64: 1) -> i32), // tpn_truth
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_getattr
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_getattr_opt
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> i32), // tpn_setattr
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_delattr
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_getitem
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_getitem_opt
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> i32), // tpn_setitem
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_delitem
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_contains
    caller!((u64: 0, u64: 1) -> u64), // tpn_len
    caller!((u64: 0, i32: 1, u64: 2, u64: 3) -> i32), // tpn_compare
    caller!((u64: 0, i32: 1, u64: 2, u64: 3) -> u64), // tpn_compare_val
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_hash
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_isinstance
    caller!((u64: 0, u64: 1) -> u64), // tpn_iter
    caller!((u64: 0, u64: 1) -> u64), // tpn_next
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_list
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_tuple
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_dict
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_set
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_frozenset
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_list_doubles
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_list_i64
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, u64: 4) -> u64), // tpn_seq_copy
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, u64: 4) -> u64), // tpn_seq_doubles
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, u64: 4) -> u64), // tpn_seq_i64
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, u64: 4) -> i32), // tpn_dict_next
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_append
    caller!((u64: 0, i32: 1, u64: 2, u64: 3) -> u64), // tpn_binary
    caller!((u64: 0, i32: 1, u64: 2, u64: 3) -> u64), // tpn_inplace
    caller!((u64: 0, i32: 1, u64: 2) -> u64), // tpn_unary
    caller!((u64: 0, u64: 1, i32: 2, u64: 3) -> u64), // tpn_call
    caller!((u64: 0, u64: 1, u64: 2, i32: 3, u64: 4) -> u64), // tpn_call_method
    caller!((u64: 0, u64: 1, i32: 2, u64: 3, i32: 4, u64: 5) -> u64), // tpn_call_kw
    caller!((u64: 0, u64: 1, u64: 2, i32: 3, u64: 4, i32: 5, u64: 6) -> u64), // tpn_call_method_kw
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_exec
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_eval
    caller!((u64: 0, u64: 1, u64: 2, u64: 3, i32: 4) -> u64), // tpn_compile
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_run
    caller!((u64: 0, u64: 1) -> u64), // tpn_code_dump
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_code_load
    caller!((u64: 0, u64: 1) -> u64), // tpn_import
    caller!((u64: 0) -> u64), // tpn_main
    caller!((u64: 0) -> i32), // tpn_flush
    caller!((u64: 0, u64: 1) -> i32), // tpn_fuel_set
    caller!((u64: 0, u64: 1) -> i32), // tpn_fuel_get
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_raise
    caller!((u64: 0, u64: 1, u64: 2) -> u64), // tpn_raise_std
    caller!((u64: 0) -> i32), // tpn_pending
    caller!((u64: 0) -> i32), // tpn_err_status
    caller!((u64: 0) -> u64), // tpn_err_take
    caller!((u64: 0) -> i32), // tpn_err_clear
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_err_format
    caller!((u64: 0, i32: 1) -> i32), // tpn_gc_collect
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_gc_step
    caller!((u64: 0) -> i32), // tpn_safepoint
    caller!((u64: 0, u64: 1) -> i32), // tpn_gc_external
    caller!((u64: 0, u64: 1) -> i32), // tpn_gc_reserve
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_gc_limits
    caller!((u64: 0, u64: 1) -> i32), // tpn_gc_stats
    caller!((u64: 0, f64: 1, u64: 2) -> i32), // tpn_gc_pause_percentile
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_gc_on_event
    caller!((u64: 0) -> i32), // tpn_debug_verify
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_debug_why
    caller!((u64: 0, u64: 1, u64: 2) -> i32), // tpn_debug_dump
    caller!((u64: 0) -> u64), // tpn_debug_serial
    caller!((u64: 0, u64: 1, u64: 2, u64: 3) -> u64), // tpn_debug_leaks
    caller!((u64: 0, u64: 1) -> i32), // tpn_debug_fail_alloc
    caller!((u64: 0, u64: 1, u32: 2) -> i32), // tpn_debug_fail_allocs
];
