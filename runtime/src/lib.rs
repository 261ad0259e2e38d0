//! Taipan: an embeddable runtime for a Python dialect whose memory manager is chosen per heap.
//!
//! Data flows one way through the rooms: `syntax` → `compile` → `bytecode` → `vm` → `builtins` → `object` → the heap (`taipan-gc`); `text`
//! is plain functions that all may use.
//!
//! ```
//! use taipan::{Config, Interpreter};
//!
//! let program = b"squares = [n * n for n in range(10)]";
//! for manager in ["refcount", "mark"] {
//!     let mut python = Interpreter::new(&Config { manager: manager.into(), ..Config::default() })?;
//!     python.run(program, "squares.py")?;
//!     println!("{manager}: {}", python.eval("sum(squares)")?);
//!     println!("{} bytes at most", python.heap().stats().peak_bytes);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
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

pub use interpreter::{Config, Failure, Interpreter, Interrupter, Poster, StartError};
