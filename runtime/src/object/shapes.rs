//! The static shape ids: the same in every heap, so that the VM and the inline caches test them as constants.
//!
//! Immediates have pseudo shapes, so that "the shape of a value" is total; no object has those.

use super::buffer::{pinned::Pinned, view::View};
use super::generator;
use super::layout::*;
use taipan_gc::sync::LazyLock;
use taipan_gc::{shape_for, Heap, Shape, ShapeId, Tail};

macro_rules! shapes {
    ($( $name:ident = $number:literal, $doc:literal; )*) => {
        $( #[doc = $doc] pub const $name: ShapeId = ShapeId($number); )*
        /// One past the last static shape.
        pub const END: u32 = [$($number),*].len() as u32 + 1;
    };
}

shapes! {
    INT = 1, "Immediate integers (no object has it).";
    FLOAT = 2, "Floats (no object has it).";
    BOOL = 3, "True and False (no object has it).";
    NONE = 4, "None (no object has it).";
    BIGINT = 5, "[`BigIntObject`]";
    STR_ASCII = 6, "[`Str`] of ASCII bytes";
    STR_WIDE = 7, "[`Str`] of 32-bit code points";
    BYTES = 8, "[`Bytes`]";
    TUPLE = 9, "[`Tuple`]";
    ARRAY = 10, "[`Array`], storage of lists and tables";
    LIST = 11, "[`List`]";
    DICT = 12, "[`Dict`]";
    SET = 13, "[`Dict`] used as a set";
    FROZENSET = 14, "[`Dict`] used as a frozenset";
    CELL = 15, "[`CellObject`]";
    FUNCTION = 16, "[`Function`]";
    NATIVE = 17, "[`Native`]";
    BOUND_METHOD = 18, "[`BoundMethod`]";
    CLASS = 19, "[`Class`] whose metaclass is `type`";
    MODULE = 20, "[`Module`]";
    CODE = 21, "[`Code`]";
    RANGE = 22, "[`Range`]";
    SLICE = 23, "[`Slice`]";
    RANGE_ITER = 24, "[`RangeIter`]";
    SEQ_ITER = 25, "[`SeqIter`]";
    TABLE_ITER = 26, "[`TableIter`]";
    NATIVE_ITER = 27, "[`NativeIter`]";
    GENERATOR = 28, "[`Generator`]";
    PROPERTY = 29, "[`Property`]";
    STATIC_METHOD = 30, "[`Wrapper`] as a static method";
    CLASS_METHOD = 31, "[`Wrapper`] as a class method";
    SUPER = 32, "[`Super`]";
    SINGLETON = 33, "Ellipsis";
    NOT_IMPLEMENTED = 34, "NotImplemented";
    TRACEBACK = 35, "[`Traceback`]";
    DICT_VIEW = 36, "[`DictView`]";
    INDEX = 37, "[`Index`] of a table";
    MEMBER = 38, "[`Member`], a slot descriptor";
    MAPPING_PROXY = 39, "[`Wrapper`] as a read-only view of a dict";
    ENTRIES = 40, "[`Array`] whose values die from its start: tables, registers, attributes";
    FRAME = 41, "[`FrameObject`]";
    RECORD = 42, "[`Record`] (objects have it at the head of a shape of their class)";
    PINNED = 43, "[`Pinned`], bytes that never move";
    MEMORY_VIEW = 44, "[`View`]";
}

/// Registers the static shapes with a fresh heap.
pub fn register(heap: &mut Heap) {
    for &shape in ALL.iter() {
        // SAFETY: the shapes describe the layouts that the object model makes under these ids.
        unsafe { heap.add_static_shape(shape) };
    }
}

/// How many there are.
const COUNT: usize = END as usize - 1;

/// The static shapes in the order of their ids, as every heap has them.
static ALL: LazyLock<[Shape; COUNT]> = LazyLock::new(|| {
    // Never seen by programs, or without references.
    let inner = ["array", "entries", "index", "str", "bytes", "int", "float", "bool", "NoneType", "Pinned"];
    all().map(|shape| Shape {
        container: !inner.contains(&shape.name) && shape.name != "BigIntObject",
        ..shape
    })
});

fn all() -> [Shape; COUNT] {
    let pseudo = |name| Shape::fixed(name, 16, 0);
    let tail = |name, tail| Shape { tail, ..Shape::fixed(name, 16, 0) };
    [
        pseudo("int"),
        pseudo("float"),
        pseudo("bool"),
        pseudo("NoneType"),
        shape_for::<BigIntObject>(),
        tail("str", Tail::Bytes(0)),
        tail("str", Tail::Bytes(2)),
        tail("bytes", Tail::Bytes(0)),
        tail("tuple", Tail::Values),
        tail("array", Tail::Values),
        shape_for::<List>(),
        shape_for::<Dict>(),
        Shape { name: "Set", ..shape_for::<Dict>() },
        Shape { name: "FrozenSet", ..shape_for::<Dict>() },
        shape_for::<CellObject>(),
        shape_for::<Function>(),
        shape_for::<Native>(),
        shape_for::<BoundMethod>(),
        shape_for::<Class>(),
        shape_for::<Module>(),
        Shape { unlogged: true, ..shape_for::<Code>() },
        shape_for::<Range>(),
        shape_for::<Slice>(),
        shape_for::<RangeIter>(),
        shape_for::<SeqIter>(),
        shape_for::<TableIter>(),
        shape_for::<NativeIter>(),
        Shape {
            finalize: Some(generator::close_dying),
            finalize_if: Some(generator::must_be_closed),
            ..shape_for::<Generator>()
        },
        shape_for::<Property>(),
        Shape { name: "staticmethod", ..shape_for::<Wrapper>() },
        Shape { name: "classmethod", ..shape_for::<Wrapper>() },
        shape_for::<Super>(),
        shape_for::<Singleton>(),
        Shape { name: "NotImplemented", ..shape_for::<Singleton>() },
        shape_for::<Traceback>(),
        shape_for::<DictView>(),
        tail("index", Tail::Bytes(2)),
        shape_for::<Member>(),
        Shape { name: "mappingproxy", ..shape_for::<Wrapper>() },
        Shape { forward: true, ..tail("entries", Tail::Values) },
        shape_for::<FrameObject>(),
        shape_for::<Record>(),
        shape_for::<Pinned>(),
        shape_for::<View>(),
    ]
}
