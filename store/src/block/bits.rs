//! Whole numbers in few bits, as Parquet packs them: bit-packed and run-length (`RLE`), and
//! `DELTA_BINARY_PACKED`.

/// Values of a block of deltas, and of each of its four parts.
const DELTAS: usize = 128;
const PART: usize = DELTAS / 4;

/// How many bits the largest of some values needs.
pub(super) fn width(largest: u64) -> u32 {
    u64::BITS - largest.leading_zeros()
}

/// Appends values of `width` bits each, least significant bit first, and fills the last byte up.
pub(super) fn pack(values: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let (mut held, mut bits) = (0u128, 0u32);
    for value in values {
        held |= u128::from(value) << bits;
        bits += width;
        if bits >= 64 {
            out.extend_from_slice(&(held as u64).to_le_bytes());
            held >>= 64;
            bits -= 64;
        }
    }
    out.extend_from_slice(&held.to_le_bytes()[..bits.div_ceil(8) as usize]);
}

/// Takes `count` values of `width` bits each off the front of `bytes`.
fn unpack(bytes: &mut &[u8], width: u32, count: usize, mut take: impl FnMut(u64)) -> Option<()> {
    let length = count.checked_mul(width as usize)?.div_ceil(8);
    let (mut packed, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    let mask = if width == 64 { u64::MAX } else { (1u64 << width) - 1 };
    let (mut held, mut bits) = (0u128, 0u32);
    for _ in 0..count {
        if bits < width {
            let mut next = [0; 8];
            let now = packed.len().min(8);
            next[..now].copy_from_slice(&packed[..now]);
            packed = &packed[now..];
            held |= u128::from(u64::from_le_bytes(next)) << bits;
            bits += 64;
        }
        take(held as u64 & mask);
        held >>= width;
        bits -= width;
    }
    Some(())
}

pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

pub(super) fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

fn put_zigzag(value: i64, out: &mut Vec<u8>) {
    put_varint(((value << 1) ^ (value >> 63)) as u64, out);
}

/// Appends codes as one run: of one code, or bit-packed.
pub(super) fn put_codes(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    let Some(first) = codes.first() else { return };
    if codes.iter().all(|code| code == first) {
        put_varint((codes.len() as u64) << 1, out);
        out.extend_from_slice(&first.to_le_bytes()[..width.div_ceil(8) as usize]);
        return;
    }
    let groups = codes.len().div_ceil(8);
    put_varint((groups as u64) << 1 | 1, out);
    let padding = std::iter::repeat_n(0, groups * 8 - codes.len());
    pack(codes.iter().map(|code| u64::from(*code)).chain(padding), width, out);
}

/// Reads `count` codes from whatever runs there are.
pub(super) fn codes(mut bytes: &[u8], width: u32, count: usize) -> Option<Vec<u32>> {
    if width > 32 {
        return None;
    }
    let mut codes = Vec::with_capacity(count);
    while codes.len() < count {
        let header = varint(&mut bytes)?;
        let wanted = count - codes.len();
        let length = usize::try_from(header >> 1).ok().filter(|length| *length > 0)?;
        if header & 1 == 1 {
            // The last group may be filled up beyond the count.
            let packed = length.checked_mul(8)?.min(wanted.next_multiple_of(8));
            unpack(&mut bytes, width, packed, |code| codes.push(code as u32))?;
            codes.truncate(count);
        } else {
            let (value, rest) = bytes.split_at_checked(width.div_ceil(8) as usize)?;
            bytes = rest;
            let mut code = [0; 4];
            code[..value.len()].copy_from_slice(value);
            codes.extend(std::iter::repeat_n(u32::from_le_bytes(code), length.min(wanted)));
        }
    }
    Some(codes)
}

/// Appends numbers as differences from one to the next.
pub(super) fn put_deltas(numbers: &[i64], out: &mut Vec<u8>) {
    for part in [DELTAS, DELTAS / PART, numbers.len()] {
        put_varint(part as u64, out);
    }
    put_zigzag(numbers.first().copied().unwrap_or(0), out);
    let deltas: Vec<i64> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    for block in deltas.chunks(DELTAS) {
        let least = block.iter().min().copied().unwrap_or(0);
        put_zigzag(least, out);
        let over = |delta: &i64| delta.wrapping_sub(least) as u64;
        let part_width = |part: &[i64]| width(part.iter().map(over).max().unwrap_or(0));
        let widths: Vec<u32> = block.chunks(PART).map(part_width).collect();
        out.extend((0..DELTAS / PART).map(|part| widths.get(part).copied().unwrap_or(0) as u8));
        for (part, width) in block.chunks(PART).zip(widths) {
            pack(part.iter().map(over).chain(std::iter::repeat_n(0, PART - part.len())), width, out);
        }
    }
}

/// Reads `count` numbers that were written so.
pub(super) fn deltas(mut bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let expected = [DELTAS, DELTAS / PART, count];
    for part in expected {
        (varint(&mut bytes)? == part as u64).then_some(())?;
    }
    let mut last = zigzag(varint(&mut bytes)?);
    let mut numbers = Vec::with_capacity(count);
    numbers.extend((count > 0).then_some(last));
    while numbers.len() < count {
        let least = zigzag(varint(&mut bytes)?);
        let (widths, rest) = bytes.split_at_checked(DELTAS / PART)?;
        bytes = rest;
        for width in widths {
            if *width > 64 {
                return None;
            }
            if numbers.len() < count {
                unpack(&mut bytes, u32::from(*width), PART, |over| {
                    last = last.wrapping_add(least).wrapping_add(over as i64);
                    numbers.push(last);
                })?;
            }
        }
        numbers.truncate(count);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_width_come_back() {
        for width in 1..=32 {
            let most = u32::MAX >> (32 - width);
            let codes_in: Vec<u32> = (0..77u32).map(|n| n.wrapping_mul(2_654_435_761) & most).collect();
            for codes_in in [codes_in, vec![most; 77], vec![most], vec![]] {
                let mut bytes = Vec::new();
                put_codes(&codes_in, width, &mut bytes);
                assert_eq!(codes(&bytes, width, codes_in.len()), Some(codes_in));
            }
        }
    }

    #[test]
    fn numbers_of_every_size_come_back() {
        let far = vec![i64::MIN, i64::MAX, 0, -1, i64::MIN, i64::MIN, 7];
        let rows: Vec<i64> = (2..300).filter(|n| n % 7 != 0).collect();
        for numbers in [vec![], vec![5], far, rows] {
            let mut bytes = Vec::new();
            put_deltas(&numbers, &mut bytes);
            assert_eq!(deltas(&bytes, numbers.len()), Some(numbers));
        }
    }
}
