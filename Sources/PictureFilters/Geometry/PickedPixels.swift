/// Copies every pixel that stands `step` bytes after the one before.
func pickPixels(
  from source: UnsafeRawPointer, step: Int, to target: UnsafeMutableRawPointer, size: Int,
  count: Int
) {
  switch size {
  case 1:
    let bytes = target.assumingMemoryBound(to: UInt8.self)
    for index in 0..<count {
      bytes[index] = source.load(fromByteOffset: index * step, as: UInt8.self)
    }
  case 2:
    let words = target.assumingMemoryBound(to: UInt16.self)
    for index in 0..<count {
      words[index] = source.loadUnaligned(fromByteOffset: index * step, as: UInt16.self)
    }
  default:
    for index in 0..<count {
      (target + index * size).copyMemory(from: source + index * step, byteCount: size)
    }
  }
}

/// The pixels of a row that those of a result stand for: every `step`-th from `first`, and the last one again where
/// there are no more.
///
/// - Parameters:
///   - width: pixels of the row.
///   - size: of a pixel, in bytes.
///   - line: room for `count` pixels, which is used where they are not neighbours within the row.
func pixels(
  of row: UnsafeRawPointer, width: Int, first: Int, step: Int, size: Int, count: Int,
  line: UnsafeMutableRawPointer
) -> UnsafeRawPointer {
  let inside = min(count, (width - 1 - first) / step + 1)
  let start = row + first * size
  if step == 1, inside == count { return start }
  // Safety: `first + (inside − 1) · step` lies within the row.
  pickPixels(from: start, step: step * size, to: line, size: size, count: inside)
  for index in inside..<count {
    (line + index * size).copyMemory(from: row + (width - 1) * size, byteCount: size)
  }
  return UnsafeRawPointer(line)
}
