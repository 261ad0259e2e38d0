//! The builtins: what their classes' methods and the builtin functions do, and how they get into a heap.
//!
//! One file per class (or family of classes); each says with a table of [`NativeDef`]s what its classes have. Behaviour that the VM needs too is
//! in the room `object`; here it gets the shape that Python programs see.
#![forbid(unsafe_code)]

mod alias_types;
mod bool_type;
pub mod bootstrap;
mod bytes_methods;
mod bytes_type;
mod code_type;
pub(crate) mod common;
pub(crate) mod convert;
mod dict_type;
mod dict_views;
pub mod errors;
mod exception_kinds;
pub mod exception_type;
pub mod file;
mod float_type;
pub mod format;
mod function_new;
mod function_type;
pub mod functions;
mod generator_type;
pub mod import;
mod int_operators;
mod int_type;
pub(crate) mod iterators;
mod list_type;
mod memoryview_type;
pub mod module_type;
mod none_type;
mod object_type;
pub mod percent;
mod property_type;
pub(crate) mod quick;
mod range_type;
pub mod repr;
mod set_type;
mod slice_type;
pub mod sort;
mod str_methods;
mod str_type;
mod super_type;
mod timsort;
mod tuple_type;
mod type_type;

pub(crate) use alias_types::CLASS_GETITEM;
pub use functions::isinstance::{is_instance, is_subclass};
pub use functions::text::divmod;

use crate::object::classes::{self, ClassId};
use crate::object::native::NativeDef;

/// What the builtin classes have.
pub const TYPES: &[(ClassId, &[NativeDef])] = &[
    (classes::OBJECT, object_type::METHODS),
    (classes::TYPE, type_type::METHODS),
    (classes::INT, int_type::METHODS),
    (classes::BOOL, bool_type::METHODS),
    (classes::FLOAT, float_type::METHODS),
    (classes::NONE_TYPE, none_type::METHODS),
    (classes::ELLIPSIS, none_type::ELLIPSIS),
    (classes::NOT_IMPLEMENTED_TYPE, none_type::NOT_IMPLEMENTED),
    (classes::STR, str_type::METHODS),
    (classes::BYTES, bytes_type::METHODS),
    (classes::MEMORY_VIEW, memoryview_type::METHODS),
    (classes::MEMORY_ITER, memoryview_type::ITERATOR),
    (classes::TUPLE, tuple_type::METHODS),
    (classes::LIST, list_type::METHODS),
    (classes::DICT, dict_type::METHODS),
    (classes::SET, set_type::SET),
    (classes::FROZENSET, set_type::FROZENSET),
    (classes::CELL, function_type::CELL),
    (classes::FUNCTION, function_type::FUNCTION),
    (classes::NATIVE, function_type::NATIVE),
    (classes::METHOD_DESCRIPTOR, function_type::NATIVE),
    (classes::WRAPPER_DESCRIPTOR, function_type::NATIVE),
    (classes::GETSET_DESCRIPTOR, function_type::NATIVE),
    (classes::CLASS_METHOD_DESCRIPTOR, function_type::NATIVE),
    (classes::METHOD_WRAPPER, function_type::NATIVE),
    (classes::UNION_TYPE, alias_types::UNION),
    (classes::GENERIC_ALIAS, alias_types::GENERIC),
    (classes::METHOD, function_type::METHOD),
    (classes::MODULE, module_type::METHODS),
    (classes::CODE, code_type::CODE),
    (classes::TRACEBACK, code_type::TRACEBACK),
    (classes::FRAME, code_type::FRAME),
    (classes::RANGE, range_type::METHODS),
    (classes::SLICE, slice_type::METHODS),
    (classes::RANGE_ITER, iterators::PLAIN),
    (classes::SEQ_ITER, iterators::PLAIN),
    (classes::LIST_ITER, iterators::PLAIN),
    (classes::TUPLE_ITER, iterators::PLAIN),
    (classes::STR_ITER, iterators::PLAIN),
    (classes::TABLE_ITER, iterators::PLAIN),
    (classes::SET_ITER, iterators::PLAIN),
    (classes::LIST_REVERSE_ITER, iterators::PLAIN),
    (classes::BYTES_ITER, iterators::PLAIN),
    (classes::DICT_VALUE_ITER, iterators::PLAIN),
    (classes::DICT_ITEM_ITER, iterators::PLAIN),
    (classes::DICT_REVERSE_KEY_ITER, iterators::PLAIN),
    (classes::DICT_REVERSE_VALUE_ITER, iterators::PLAIN),
    (classes::DICT_REVERSE_ITEM_ITER, iterators::PLAIN),
    (classes::NATIVE_ITER, iterators::PLAIN),
    (classes::CALLABLE_ITER, iterators::PLAIN),
    (classes::ENUMERATE, iterators::ENUMERATE),
    (classes::ZIP, iterators::ZIP),
    (classes::MAP, iterators::MAP),
    (classes::FILTER, iterators::FILTER),
    (classes::REVERSED, iterators::REVERSED),
    (classes::GENERATOR, generator_type::GENERATOR),
    (classes::COROUTINE, generator_type::COROUTINE),
    (classes::ASYNC_GENERATOR, generator_type::ASYNC_GENERATOR),
    (classes::PROPERTY, property_type::PROPERTY),
    (classes::STATIC_METHOD, property_type::STATIC_METHOD),
    (classes::CLASS_METHOD, property_type::CLASS_METHOD),
    (classes::MEMBER, property_type::MEMBER),
    (classes::SUPER, super_type::METHODS),
    (classes::DICT_KEYS, dict_views::KEYS),
    (classes::DICT_VALUES, dict_views::VALUES),
    (classes::DICT_ITEMS, dict_views::ITEMS),
    (classes::MAPPING_PROXY, dict_views::MAPPING_PROXY),
    (classes::FILE, file::METHODS),
    (classes::BASE_EXCEPTION, exception_type::METHODS),
    (classes::STOP_ITERATION, exception_kinds::STOP_ITERATION),
    (classes::SYSTEM_EXIT, exception_kinds::SYSTEM_EXIT),
    (classes::KEY_ERROR, exception_kinds::KEY_ERROR),
    (classes::OS_ERROR, exception_kinds::OS_ERROR),
    (classes::IMPORT_ERROR, exception_kinds::IMPORT_ERROR),
    (classes::NAME_ERROR, exception_kinds::NAME_ERROR),
    (classes::ATTRIBUTE_ERROR, exception_kinds::ATTRIBUTE_ERROR),
    (classes::SYNTAX_ERROR, exception_kinds::SYNTAX_ERROR),
    (classes::UNICODE_DECODE_ERROR, exception_kinds::UNICODE_DECODE_ERROR),
    (classes::UNICODE_ENCODE_ERROR, exception_kinds::UNICODE_ENCODE_ERROR),
];

/// The builtin functions.
pub const FUNCTIONS: &[&[NativeDef]] = &[
    functions::attributes::FUNCTIONS,
    functions::class::FUNCTIONS,
    functions::code::FUNCTIONS,
    functions::isinstance::FUNCTIONS,
    functions::sequence::FUNCTIONS,
    functions::text::FUNCTIONS,
    file::FUNCTIONS,
];
