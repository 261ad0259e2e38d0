//! Sizes, alignments and offsets, as 64-bit systems with 64-bit longs and pointers have them (LP64).
//!
//! Worked out here so that the baseline needs no compiler; the tests have one confirm them.

use crate::model::*;

/// Size and alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Bytes.
    pub size: usize,
    /// Bytes.
    pub align: usize,
}

/// Size and alignment of a type; none of `void` and of what only the library knows.
pub fn extent(header: &Header, kind: &Type) -> Option<Extent> {
    let plain = |size| Some(Extent { size, align: size });
    match kind {
        Type::Function(_) | Type::Named { pointers: 1.., .. } => plain(8),
        Type::Named { base, .. } => match base.as_str() {
            "int32_t" | "uint32_t" => plain(4),
            "int64_t" | "uint64_t" | "size_t" | "double" => plain(8),
            name if header.is_callback(name) => plain(8),
            name => of_name(header, name),
        },
    }
}

fn of_name(header: &Header, name: &str) -> Option<Extent> {
    match header.items().find(|item| item.name() == name)? {
        Item::Struct(made) => struct_extent(header, made),
        Item::Alias(Alias { target: Some(target), .. }) => {
            let kind = Type::Named { base: target.clone(), constant: false, pointers: 0 };
            extent(header, &kind)
        }
        _ => None,
    }
}

/// Size and alignment of a struct.
pub fn struct_extent(header: &Header, made: &Struct) -> Option<Extent> {
    let (mut end, mut align) = (0, 1);
    for (field, offset) in made.fields.iter().zip(offsets(header, made)?) {
        let extent = extent(header, &field.kind)?;
        end = offset + extent.size;
        align = align.max(extent.align);
    }
    Some(Extent { size: usize::next_multiple_of(end, align), align })
}

/// Where each field of a struct lies.
pub fn offsets(header: &Header, made: &Struct) -> Option<Vec<usize>> {
    let mut end: usize = 0;
    let place = |field: &Field| {
        let extent = extent(header, &field.kind)?;
        let offset = end.next_multiple_of(extent.align);
        end = offset + extent.size;
        Some(offset)
    };
    made.fields.iter().map(place).collect()
}
