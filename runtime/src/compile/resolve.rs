//! Finds out which variable every name means: local, captured, global.
//!
//! A use that its own scope does not bind belongs to the nearest enclosing function that binds it (class bodies are
//! passed over); that function keeps it in a cell, and every scope in between passes the cell on in its closure.

use super::scope::{flag, ScopeId, ScopeKind, Scopes};
use crate::syntax::Fault;

/// Marks cells and free variables in all scopes.
pub(super) fn resolve(scopes: &mut Scopes) -> Result<(), Fault> {
    for index in 0..scopes.all.len() {
        let id = ScopeId(index);
        if scopes.get(id).kind == ScopeKind::Module {
            continue;
        }
        for at in 0..scopes.get(id).symbols.len() {
            let symbol = &scopes.get(id).symbols[at];
            if symbol.has(flag::GLOBAL) || symbol.is_local() {
                continue;
            }
            let nonlocal = symbol.has(flag::NONLOCAL);
            if !nonlocal && !symbol.has(flag::USED) {
                continue;
            }
            let (name, declared) = (symbol.name.clone(), symbol.declared);
            if !capture(scopes, id, &name) && nonlocal {
                return Err(Fault::new(format!("no binding for nonlocal '{name}' found"), declared));
            }
        }
    }
    Ok(())
}

/// Makes `name` a free variable of scope `id` if an enclosing function (or class, for `__class__`) has it.
fn capture(scopes: &mut Scopes, id: ScopeId, name: &str) -> bool {
    let mut passed = vec![id];
    let mut next = scopes.get(id).parent;
    while let Some(at) = next {
        let scope = scopes.get(at);
        let flags = scope.flags(name);
        let found = match scope.kind {
            ScopeKind::Module => return false,
            // From the class itself its own cell is out of reach.
            ScopeKind::Class => name == "__class__",
            _ if flags & flag::GLOBAL != 0 => return false,
            _ => scope.get(name).is_some_and(|symbol| symbol.is_local()),
        };
        if found {
            scopes.get_mut(at).symbol(name).flags |= flag::CELL;
            for scope in passed {
                scopes.get_mut(scope).symbol(name).flags |= flag::FREE;
            }
            return true;
        }
        if flags & flag::FREE != 0 {
            for scope in passed {
                scopes.get_mut(scope).symbol(name).flags |= flag::FREE;
            }
            return true;
        }
        passed.push(at);
        next = scope.parent;
    }
    false
}
