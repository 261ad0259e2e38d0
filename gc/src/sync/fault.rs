//! Seeded faults: mistakes that the protocols could contain, so that the loom models can prove that they would find them.
//!
//! In a build without loom `seeded` is the constant `false`, and nothing of a fault is compiled.

/// A mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Fault {
    /// None: the protocols as they ship.
    None,
    /// `Signals::raise` loads and stores instead of one read-modify-write.
    RaiseNotAtomic,
    /// `Signals::take` loads and stores.
    TakeNotAtomic,
    /// `Signals::raise` publishes nothing.
    RaiseRelaxed,
    /// `Signals::take` acquires nothing.
    TakeRelaxed,
    /// `Mailbox::take_signalled` empties the mailbox before it takes the bit.
    TakeBeforeBit,
    /// `Mailbox::post` raises the signal before the ticket is there.
    RaiseBeforePush,
    /// `Mailbox::post` does not raise it at all.
    NoRaise,
    /// `Mailbox::post` does not look whether the mailbox is closed.
    PostAfterClose,
    /// `Mailbox::close` takes the tickets in one critical section and closes in another.
    CloseInTwoSteps,
    /// Another thread lowers the count of an object itself, instead of posting a ticket.
    ReleaseInPlace,
    /// A heap is used by another thread before it is handed over.
    UseBeforeHandOver,
    /// `Handover::give_back` wakes nobody.
    GiveBackSilently,
    /// `Handover::end` wakes nobody.
    EndSilently,
    /// A manager collects while its thread has the marking in hand.
    CollectWhileLent,
    /// Headers are stored plainly while another thread may read them.
    WritePlainly,
}

#[cfg(loom)]
static SEEDED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Makes this mistake from now on.
#[cfg(loom)]
pub fn seed(fault: Fault) {
    SEEDED.store(fault as u32, std::sync::atomic::Ordering::SeqCst);
}

/// Whether to make this mistake.
#[cfg(loom)]
pub(crate) fn seeded(fault: Fault) -> bool {
    SEEDED.load(std::sync::atomic::Ordering::SeqCst) == fault as u32
}

/// Whether to make this mistake: never.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) const fn seeded(_: Fault) -> bool {
    false
}
