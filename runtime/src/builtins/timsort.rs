//! The merge sort of CPython 3.11, comparison by comparison: programs see which of their items are compared, in which order, and what a list
//! looks like when a comparison has failed in the middle.
//!
//! Runs that are in order already are merged in powersort's order (Munro & Wild, 2018), galloping where one of two runs wins for long. As
//! `Objects/listsort.txt` of CPython tells. What is sorted are numbers; `less` knows what they stand for.

/// Shorter runs are made this long, about, by binary insertion.
const LONG: usize = 64;
/// A run that wins so often in a row is searched instead of being stepped through.
const MIN_GALLOP: usize = 7;
/// Runs that wait to be merged have different powers, of which there are no more.
const MAX_PENDING: usize = 65;

/// Sorts; after an error all items are still there. `buffer` has room for half of them.
pub(super) fn sort<E>(
    order: &mut [u32],
    buffer: &mut Vec<u32>,
    less: impl FnMut(u32, u32) -> Result<bool, E>,
) -> Result<(), E> {
    let pending = Pending { runs: [Run::default(); MAX_PENDING], len: 0 };
    let mut sorter = Sorter { order, buffer, pending, min_gallop: MIN_GALLOP, less };
    sorter.sort()
}

#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

/// Runs that wait to be merged, from the left.
struct Pending {
    runs: [Run; MAX_PENDING],
    len: usize,
}

struct Sorter<'a, F> {
    order: &'a mut [u32],
    buffer: &'a mut Vec<u32>,
    pending: Pending,
    min_gallop: usize,
    less: F,
}

/// How a merge ends.
enum End {
    /// What is left in the buffer stands before the rest.
    Done,
    /// One item is left in the buffer, and goes to the other end.
    One,
}

impl<E, F: FnMut(u32, u32) -> Result<bool, E>> Sorter<'_, F> {
    fn sort(&mut self) -> Result<(), E> {
        let len = self.order.len();
        let shortest = shortest_run(len);
        let mut start = 0;
        while start < len {
            let mut run = self.run(start)?;
            if run < shortest {
                let wanted = shortest.min(len - start);
                self.insert(start, run, wanted)?;
                run = wanted;
            }
            self.push(start, run)?;
            start += run;
        }
        while self.pending.len > 1 {
            let (runs, mut n) = (&self.pending.runs, self.pending.len - 2);
            if n > 0 && runs[n - 1].len < runs[n + 1].len {
                n -= 1;
            }
            self.merge_at(n)?;
        }
        Ok(())
    }

    /// How long the run is that begins here; one that falls is turned round.
    fn run(&mut self, start: usize) -> Result<usize, E> {
        let items = &mut self.order[start..];
        if items.len() < 2 {
            return Ok(items.len());
        }
        let falls = (self.less)(items[1], items[0])?;
        let mut n = 2;
        while n < items.len() && (self.less)(items[n], items[n - 1])? == falls {
            n += 1;
        }
        if falls {
            items[..n].reverse();
        }
        Ok(n)
    }

    /// Sorts the first `wanted` items from here on, of which `sorted` are.
    fn insert(&mut self, start: usize, sorted: usize, wanted: usize) -> Result<(), E> {
        let items = &mut self.order[start..start + wanted];
        for n in sorted.max(1)..wanted {
            let item = items[n];
            let (mut low, mut high) = (0, n);
            while low < high {
                let middle = low + ((high - low) >> 1);
                if (self.less)(item, items[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            items.copy_within(low..n, low + 1);
            items[low] = item;
        }
        Ok(())
    }

    /// A new run: merges those before it that come first in powersort's tree.
    fn push(&mut self, start: usize, len: usize) -> Result<(), E> {
        if self.pending.len > 0 {
            let last = self.pending.runs[self.pending.len - 1];
            let power = power(last.start, last.len, len, self.order.len());
            while self.pending.len > 1 && self.pending.runs[self.pending.len - 2].power > power {
                self.merge_at(self.pending.len - 2)?;
            }
            self.pending.runs[self.pending.len - 1].power = power;
        }
        self.pending.runs[self.pending.len] = Run { start, len, power: 0 };
        self.pending.len += 1;
        Ok(())
    }

    /// Merges two neighbouring runs.
    fn merge_at(&mut self, n: usize) -> Result<(), E> {
        let (a, b) = (self.pending.runs[n], self.pending.runs[n + 1]);
        self.pending.runs[n].len += b.len;
        if n + 3 == self.pending.len {
            self.pending.runs[n + 1] = self.pending.runs[n + 2];
        }
        self.pending.len -= 1;
        let (order, less) = (&*self.order, &mut self.less);
        // What stands before the first of b, or behind the last of a, is where it belongs.
        let skipped = gallop_right(less, order[b.start], &order[a.start..a.start + a.len], 0)?;
        let (start, na) = (a.start + skipped, a.len - skipped);
        if na == 0 {
            return Ok(());
        }
        let nb = gallop_left(less, order[b.start - 1], &order[b.start..b.start + b.len], b.len - 1)?;
        match nb {
            0 => Ok(()),
            _ if na <= nb => self.merge_low(start, na, nb),
            _ => self.merge_high(start, na, nb),
        }
    }

    /// Merges two runs, the first into the buffer, from the left.
    fn merge_low(&mut self, start: usize, mut na: usize, mut nb: usize) -> Result<(), E> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&self.order[start..start + na]);
        let end = start + na + nb;
        let result = self.merge_low_until(end, &mut na, &mut nb);
        let (order, left) = (&mut *self.order, &self.buffer[self.buffer.len() - na..]);
        let to = end - na - nb;
        match result {
            Ok(End::One) => {
                order.copy_within(end - nb..end, to);
                order[end - 1] = left[0];
                Ok(())
            }
            result => {
                order[to..to + na].copy_from_slice(left);
                result.map(drop)
            }
        }
    }

    /// Merges until only one side is left. The next item goes before the `na` in the buffer and the `nb` that end at `end`.
    fn merge_low_until(&mut self, end: usize, na: &mut usize, nb: &mut usize) -> Result<End, E> {
        let (order, a, less) = (&mut *self.order, &self.buffer[..], &mut self.less);
        let all = a.len();
        macro_rules! take_a {
            () => {
                order[end - *na - *nb] = a[all - *na];
                *na -= 1;
                if *na == 1 {
                    return Ok(End::One);
                }
            };
        }
        macro_rules! take_b {
            () => {
                order[end - *na - *nb] = order[end - *nb];
                *nb -= 1;
                if *nb == 0 {
                    return Ok(End::Done);
                }
            };
        }
        take_b!();
        if *na == 1 {
            return Ok(End::One);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut a_won, mut b_won) = (0, 0);
            while a_won < min_gallop && b_won < min_gallop {
                if less(order[end - *nb], a[all - *na])? {
                    (a_won, b_won) = (0, b_won + 1);
                    take_b!();
                } else {
                    (a_won, b_won) = (a_won + 1, 0);
                    take_a!();
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                a_won = gallop_right(less, order[end - *nb], &a[all - *na..], 0)?;
                if a_won > 0 {
                    let to = end - *na - *nb;
                    order[to..to + a_won].copy_from_slice(&a[all - *na..][..a_won]);
                    *na -= a_won;
                    match *na {
                        1 => return Ok(End::One),
                        // Comparisons need not be consistent.
                        0 => return Ok(End::Done),
                        _ => {}
                    }
                }
                take_b!();
                b_won = gallop_left(less, a[all - *na], &order[end - *nb..end], 0)?;
                if b_won > 0 {
                    order.copy_within(end - *nb..end - *nb + b_won, end - *na - *nb);
                    *nb -= b_won;
                    if *nb == 0 {
                        return Ok(End::Done);
                    }
                }
                take_a!();
                if a_won < MIN_GALLOP && b_won < MIN_GALLOP {
                    break;
                }
            }
            // Leaving the gallop costs.
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges two runs, the second into the buffer, from the right.
    fn merge_high(&mut self, start: usize, mut na: usize, mut nb: usize) -> Result<(), E> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&self.order[start + na..start + na + nb]);
        let result = self.merge_high_until(start, &mut na, &mut nb);
        let (order, left) = (&mut *self.order, &self.buffer[..nb]);
        match result {
            Ok(End::One) => {
                order.copy_within(start..start + na, start + 1);
                order[start] = left[0];
                Ok(())
            }
            result => {
                order[start + na..start + na + nb].copy_from_slice(left);
                result.map(drop)
            }
        }
    }

    /// Merges until only one side is left. The next item goes behind the `na` that begin at `start` and the `nb` in the buffer.
    fn merge_high_until(&mut self, start: usize, na: &mut usize, nb: &mut usize) -> Result<End, E> {
        let (order, b, less) = (&mut *self.order, &self.buffer[..], &mut self.less);
        macro_rules! take_a {
            () => {
                order[start + *na + *nb - 1] = order[start + *na - 1];
                *na -= 1;
                if *na == 0 {
                    return Ok(End::Done);
                }
            };
        }
        macro_rules! take_b {
            () => {
                order[start + *na + *nb - 1] = b[*nb - 1];
                *nb -= 1;
                if *nb == 1 {
                    return Ok(End::One);
                }
            };
        }
        take_a!();
        if *nb == 1 {
            return Ok(End::One);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut a_won, mut b_won) = (0, 0);
            while a_won < min_gallop && b_won < min_gallop {
                if less(b[*nb - 1], order[start + *na - 1])? {
                    (a_won, b_won) = (a_won + 1, 0);
                    take_a!();
                } else {
                    (a_won, b_won) = (0, b_won + 1);
                    take_b!();
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                a_won = *na - gallop_right(less, b[*nb - 1], &order[start..start + *na], *na - 1)?;
                if a_won > 0 {
                    let from = start + *na - a_won;
                    order.copy_within(from..from + a_won, from + *nb);
                    *na -= a_won;
                    if *na == 0 {
                        return Ok(End::Done);
                    }
                }
                take_b!();
                b_won = *nb - gallop_left(less, order[start + *na - 1], &b[..*nb], *nb - 1)?;
                if b_won > 0 {
                    let to = start + *na + *nb - b_won;
                    order[to..to + b_won].copy_from_slice(&b[*nb - b_won..*nb]);
                    *nb -= b_won;
                    match *nb {
                        1 => return Ok(End::One),
                        // Comparisons need not be consistent.
                        0 => return Ok(End::Done),
                        _ => {}
                    }
                }
                take_a!();
                if a_won < MIN_GALLOP && b_won < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}

/// Where `key` belongs among sorted items, before those that are equal; looked for from `hint` on in steps that double.
fn gallop_left<E>(
    less: &mut impl FnMut(u32, u32) -> Result<bool, E>,
    key: u32,
    items: &[u32],
    hint: usize,
) -> Result<usize, E> {
    let rising = less(items[hint], key)?;
    let most = if rising { items.len() - hint } else { hint + 1 };
    let (mut last, mut step) = (0, 1);
    while step < most {
        let at = if rising { hint + step } else { hint - step };
        if less(items[at], key)? != rising {
            break;
        }
        last = step;
        step = (step << 1) + 1;
    }
    bisect(between(rising, hint, last, step.min(most)), |at| less(items[at], key))
}

/// As [`gallop_left`], behind those that are equal.
fn gallop_right<E>(
    less: &mut impl FnMut(u32, u32) -> Result<bool, E>,
    key: u32,
    items: &[u32],
    hint: usize,
) -> Result<usize, E> {
    let rising = !less(key, items[hint])?;
    let most = if rising { items.len() - hint } else { hint + 1 };
    let (mut last, mut step) = (0, 1);
    while step < most {
        let at = if rising { hint + step } else { hint - step };
        if less(key, items[at])? == rising {
            break;
        }
        last = step;
        step = (step << 1) + 1;
    }
    bisect(between(rising, hint, last, step.min(most)), |at| less(key, items[at]).map(|less| !less))
}

/// The places between the last two steps of a gallop.
fn between(rising: bool, hint: usize, last: usize, step: usize) -> [usize; 2] {
    match rising {
        true => [hint + last + 1, hint + step],
        false => [hint + 1 - step, hint - last],
    }
}

/// The first place in this range that is not `before`.
fn bisect<E>(
    [mut low, mut high]: [usize; 2],
    mut before: impl FnMut(usize) -> Result<bool, E>,
) -> Result<usize, E> {
    while low < high {
        let middle = low + ((high - low) >> 1);
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The length of runs below which they are made longer: so that their number is a power of two, or a little less.
fn shortest_run(mut len: usize) -> usize {
    let mut rest = 0;
    while len >= LONG {
        rest |= len & 1;
        len >>= 1;
    }
    len + rest
}

/// The depth, in powersort's tree over `len` items, of the border between a run that begins at `start` and the one behind it.
fn power(start: usize, first: usize, second: usize, len: usize) -> u32 {
    let mut a = 2 * start + first;
    let mut b = a + first + second;
    let mut power = 0;
    loop {
        power += 1;
        if a >= len {
            a -= len;
            b -= len;
        } else if b >= len {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}
