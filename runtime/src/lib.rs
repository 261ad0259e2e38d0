//! Taipan: an embeddable runtime for a Python dialect whose memory manager is chosen per heap.
//!
//! Data flows one way through the rooms: `syntax` → `compile` → `bytecode` → `vm` → `builtins` → `object` → the heap (`taipan-gc`); `text`
//! is plain functions that all may use.
//!
//! ```
//! use taipan::{Config, Interpreter};
//!
//! let mut interpreter = Interpreter::new(&Config { manager: "mark".into(), ..Config::default() }).unwrap();
//! assert_eq!(interpreter.eval("sum(n * n for n in range(4))").unwrap(), "14");
//! ```

pub mod builtins;
pub mod bytecode;
pub mod compile;
mod interpreter;
pub mod object;
pub mod stdlib;
pub mod syntax;
pub mod text;
pub mod vm;

pub use interpreter::{Config, Failure, Interpreter, StartError};
