//! Structures that grow at their end: the first field says how much of one the caller knows.

use crate::abi::E_ARG;
use crate::fail::{fault, Fault};

/// A structure out of an array of them, whose size the first one says. What the caller does not know of is zero.
///
/// # Safety
/// `structs` is NULL or points to more than `at` structures, each as big as the first says. `T` is plain data that begins with a `u32`, of at least
/// `first_size` bytes, and for which zero is right.
pub(crate) unsafe fn read_sized<T: Copy>(
    structs: *const T,
    at: usize,
    first_size: usize,
    what: &str,
) -> Result<T, Fault> {
    if structs.is_null() {
        return fault(E_ARG, format!("NULL for {what}"));
    }
    // SAFETY: by contract; the size comes first.
    let size = unsafe { *structs.cast::<u32>() } as usize;
    if !(first_size..=4096).contains(&size) || !size.is_multiple_of(align_of::<T>()) {
        return fault(E_ARG, format!("the size of {what} is wrong"));
    }
    let mut found = std::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: by contract.
    unsafe {
        let known = size.min(size_of::<T>());
        std::ptr::copy_nonoverlapping(
            structs.byte_add(size * at).cast::<u8>(),
            found.as_mut_ptr().cast(),
            known,
        );
        Ok(found.assume_init())
    }
}
