//! The subclasses of a class, which it doesn't keep alive: a list of tickets of the heap's weak table, two integers each.

use super::layout::{Class, List};
use super::list;
use crate::object::raise::Raised;
use taipan_gc::roots::Ticket;
use taipan_gc::{Cx, Handle, HeapFull, Local, Value};

/// From this many tickets on, those of dead classes are thrown out whenever the number has doubled.
const PRUNE_FROM: usize = 32;

/// Adds a subclass.
pub(crate) fn add(cx: &mut Cx<'_>, base: Handle<'_, Class>, class: Handle<'_, Class>) -> Result<(), Raised> {
    let known = base.get(cx).subclasses.get(cx).map(|l| cx.root(l));
    let known = match known {
        Some(known) => known,
        None => {
            let fresh = list::with_capacity(cx, 0)?;
            base.get(cx).put(cx, Class::subclasses, Some(fresh.get(cx)));
            fresh
        }
    };
    let count = list::len(known.get(cx)) / 2;
    if count >= PRUNE_FROM && count.is_power_of_two() {
        prune(cx, known)?;
    }
    // SAFETY: the class is alive; the core is this thread's.
    let ticket = unsafe { (*cx.core()).memory.weak.ticket(class.get(cx).value().header()) };
    let ticket = ticket.ok_or(HeapFull { requested: size_of::<Ticket>() })?;
    push(cx, known, ticket)
}

fn push(cx: &mut Cx<'_>, list: Handle<'_, List>, ticket: Ticket) -> Result<(), Raised> {
    list::reserve(cx, list, 2)?;
    for word in [ticket.index, ticket.generation] {
        list::push_within(cx, list.get(cx), Value::int_wrapping(word as i64));
    }
    Ok(())
}

/// Keeps the tickets of living classes only.
fn prune(cx: &mut Cx<'_>, known: Handle<'_, List>) -> Result<(), Raised> {
    let living: Vec<Ticket> = tickets(cx, known.get(cx)).filter(|&t| find(cx, t).is_some()).collect();
    list::clear(cx, known.get(cx));
    for ticket in living {
        push(cx, known, ticket)?;
    }
    Ok(())
}

fn tickets<'a>(cx: &'a Cx<'_>, known: Local<'a, List>) -> impl Iterator<Item = Ticket> + 'a {
    let number = |value: Value| value.int_unchecked() as u32;
    list::values(cx, known)
        .chunks_exact(2)
        .map(move |pair| Ticket { index: number(pair[0]), generation: number(pair[1]) })
}

/// The class of a ticket, while it lives.
fn find<'a>(cx: &'a Cx<'_>, ticket: Ticket) -> Option<Local<'a, Class>> {
    // SAFETY: a shared read of this thread's core; tickets in these lists are those of classes.
    unsafe { (*cx.core()).memory.weak.get(ticket).map(|class| Local::from_value(class)) }
}

/// Calls `body` with each living subclass, oldest first.
pub(crate) fn each<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>, body: &mut dyn FnMut(Local<'a, Class>)) {
    let Some(known) = class.subclasses.get(cx) else { return };
    for subclass in tickets(cx, known).filter_map(|ticket| find(cx, ticket)) {
        body(subclass);
    }
}

/// A new list of the living subclasses, oldest first.
pub fn list<'s>(cx: &mut Cx<'s>, class: Handle<'_, Class>) -> Result<Handle<'s, List>, Raised> {
    let made = list::with_capacity(cx, 0)?;
    let mut count = 0;
    each(cx, class.get(cx), &mut |_| count += 1);
    // Making room may collect, and classes may die: then there are fewer.
    list::reserve(cx, made, count)?;
    each(cx, class.get(cx), &mut |subclass| list::push_within(cx, made.get(cx), subclass.value()));
    Ok(made)
}
