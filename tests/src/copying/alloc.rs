//! The space of `copying`: pages of equal cells and large objects, straight from the system's allocator.

use super::Copying;
use std::alloc::Layout;
use taipan_gc::header::Header;
use taipan_gc::manager::Memory;
use taipan_gc::space::class_bytes;
use taipan_gc::HeapFull;

/// Bytes of a page, and its alignment.
pub(super) const PAGE_BYTES: usize = 32 << 10;

/// A page of equal cells, or one large object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) start: *mut u8,
    pub(super) bytes: usize,
    /// Bytes of a cell; all of them for a large object.
    cell: usize,
}

impl Region {
    fn layout(&self) -> Layout {
        let align = if self.is_large() { 16 } else { PAGE_BYTES };
        match Layout::from_size_align(self.bytes, align) {
            Ok(layout) => layout,
            Err(_) => unreachable!("the layout was good when the region was made"),
        }
    }

    pub(super) fn is_large(&self) -> bool {
        self.cell == self.bytes
    }

    /// Whether this is the start of a cell.
    pub(super) fn is_cell(&self, object: *mut Header) -> bool {
        let offset = object as usize - self.start as usize;
        offset < self.bytes / self.cell * self.cell && offset.is_multiple_of(self.cell)
    }

    fn alloc(bytes: usize, cell: usize) -> Option<Region> {
        let align = if cell == bytes { 16 } else { PAGE_BYTES };
        let layout = Layout::from_size_align(bytes, align).ok()?;
        // SAFETY: the size is not zero.
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        (!start.is_null()).then_some(Region { start, bytes, cell })
    }
}

/// Regions in the order of their making.
#[derive(Debug, Default)]
pub(super) struct Space {
    pub(super) regions: Vec<Region>,
    pub(super) bytes: usize,
}

impl Space {
    /// A zeroed page of cells of this class, or none.
    pub(super) fn page(&mut self, class: usize) -> Option<Region> {
        self.add(Region::alloc(PAGE_BYTES, class_bytes(class)))
    }

    /// A zeroed large object, or none.
    pub(super) fn large(&mut self, size: usize) -> Option<Region> {
        self.add(Region::alloc(size, size))
    }

    fn add(&mut self, region: Option<Region>) -> Option<Region> {
        let region = region?;
        self.regions.push(region);
        self.bytes += region.bytes;
        Some(region)
    }

    pub(super) fn each_object(&self, each: &mut dyn FnMut(*mut Header)) {
        for region in &self.regions {
            for i in 0..region.bytes / region.cell {
                // SAFETY: the cell lies within the region; a free one has a zero header (S3).
                unsafe {
                    let object = region.start.add(i * region.cell) as *mut Header;
                    if !(*object).is_free() {
                        each(object);
                    }
                }
            }
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        for region in &self.regions {
            // SAFETY: allocated in `Region::alloc` with this layout; nothing refers to its objects any more.
            unsafe {
                std::ptr::write_bytes(region.start, 0xdd, region.bytes);
                std::alloc::dealloc(region.start, region.layout());
            }
        }
    }
}

pub(super) fn refill(manager: &mut Copying, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let full = HeapFull { requested: PAGE_BYTES };
    if !memory.fits(PAGE_BYTES) {
        return Err(full);
    }
    let page = manager.space.page(class).ok_or(full)?;
    manager.starts.insert(page.start as usize, page);
    give(memory, class, page.start, page.bytes);
    memory.foreign_bytes = manager.space.bytes;
    memory.note_allocation(PAGE_BYTES);
    Ok(())
}

/// Lets allocation bump through the rest of a page from `cursor` on, `bytes` of it.
pub(super) fn give(memory: &mut Memory, class: usize, cursor: *mut u8, bytes: usize) {
    let bin = memory.cache.bin(class);
    bin.cursor = cursor;
    bin.limit = cursor.wrapping_add(bytes / class_bytes(class) * class_bytes(class));
}

pub(super) fn alloc_large(
    manager: &mut Copying,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    let full = HeapFull { requested: size };
    if !memory.fits(size) {
        return Err(full);
    }
    let region = manager.space.large(size).ok_or(full)?;
    manager.starts.insert(region.start as usize, region);
    memory.foreign_bytes = manager.space.bytes;
    memory.note_allocation(size);
    Ok(region.start as *mut Header)
}
