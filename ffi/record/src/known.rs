//! Functions about which recorder and replayer know more than the tables say, by name; one that is gone from the header does not compile.
//!
//! Leaves out: all others.

use crate::tables::FUNCTIONS;

/// The number of a function.
const fn number(name: &str) -> usize {
    let mut at = 0;
    while at < FUNCTIONS.len() {
        let (a, b) = (FUNCTIONS[at].name.as_bytes(), name.as_bytes());
        let mut same = 0;
        while same < a.len() && same < b.len() && a[same] == b[same] {
            same += 1;
        }
        if same == a.len() && same == b.len() {
            return at;
        }
        at += 1;
    }
    panic!("no such function")
}

pub(crate) const ABI_VERSION: usize = number("tpn_abi_version");
pub(crate) const HEAP_NEW: usize = number("tpn_heap_new");
pub(crate) const HEAP_FREE: usize = number("tpn_heap_free");
pub(crate) const ATTACH: usize = number("tpn_attach_heap");
pub(crate) const STATS: usize = number("tpn_gc_stats");
pub(crate) const TYPE_NEW: usize = number("tpn_type_new");
pub(crate) const NEW: usize = number("tpn_new");
pub(crate) const NEW_TAIL: usize = number("tpn_new_tail");
pub(crate) const PAYLOAD: usize = number("tpn_payload");
pub(crate) const SLOT_GET: usize = number("tpn_slot_get");
pub(crate) const SLOT_SET: usize = number("tpn_slot_set");
pub(crate) const TRACE_SLOTS: usize = number("tpn_trace_slots");
pub(crate) const BUF_OPEN: usize = number("tpn_buf_open");
pub(crate) const BUF_CLOSE: usize = number("tpn_buf_close");
pub(crate) const MEMORY: usize = number("tpn_memory");
pub(crate) const COLLECT: usize = number("tpn_gc_collect");
pub(crate) const VERIFY: usize = number("tpn_debug_verify");
pub(crate) const PENDING: usize = number("tpn_pending");
pub(crate) const ERR_CLEAR: usize = number("tpn_err_clear");
pub(crate) const REMOTE_NEW: usize = number("tpn_remote_new");
pub(crate) const REMOTE_DUP: usize = number("tpn_remote_dup");
pub(crate) const REMOTE_FREE: usize = number("tpn_remote_free");
