//! What a copied object's old place holds: its new address in word 1 and, in word 0, the link of the list of copies. So the list needs no memory. Word 0 bears the flag of
//! large objects, which none that is copied has.

use crate::header::{Header, FLAG_LARGE};

const FORWARDED: u64 = (FLAG_LARGE as u64) << 56;
const LINK: u64 = (1 << 56) - 1;

/// The new address of an object that has been copied.
///
/// # Safety
/// The object lies, or lay, in a block that is being emptied.
#[inline(always)]
pub(super) unsafe fn forwarded(object: *mut Header) -> Option<*mut Header> {
    // SAFETY: by contract.
    unsafe { (*object).has(FLAG_LARGE).then(|| *(object as *const *mut Header).add(1)) }
}

/// Leaves the address of its copy behind, and puts the object in front of a list.
///
/// # Safety
/// The object has been copied, and is not used any more.
#[inline(always)]
pub(super) unsafe fn leave(object: *mut Header, copy: *mut Header, list: &mut *mut Header) {
    // SAFETY: by contract; an object has two words at the least.
    unsafe {
        *(object as *mut u64) = *list as u64 | FORWARDED;
        *(object as *mut *mut Header).add(1) = copy;
    }
    *list = object;
}

/// Takes the first object off a list that is not empty; its copy.
///
/// # Safety
/// [`leave`] made the list.
#[inline(always)]
pub(super) unsafe fn take_copy(list: &mut *mut Header) -> *mut Header {
    // SAFETY: by contract.
    unsafe {
        let copy = *(*list as *const *mut Header).add(1);
        *list = (*(*list as *const u64) & LINK) as *mut Header;
        copy
    }
}
