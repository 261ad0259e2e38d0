//! Slots have no public constructor.
use std::marker::PhantomData;
use taipan_gc::{Any, Slot, Value};

fn main() {
    let slot: Slot<Any> = Slot { value: std::cell::Cell::new(Value::HOLE), marker: PhantomData };
    let default: Slot<Any> = Default::default();
    let new: Slot<Any> = Slot::new(None);
}
