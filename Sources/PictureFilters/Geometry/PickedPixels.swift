import ConvEngine

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

/// Which pixels of a row those of a result stand for: every `step`-th from `first` on, and the nearest where that would
/// lie beyond the row.
struct PickedColumns {
  /// Below 0 where the first results stand before the row.
  let first: Int
  let step: Int

  /// Each pixel for itself.
  static let all = PickedColumns(first: 0, step: 1)

  init(first: Int, step: Int) {
    self.first = first
    self.step = step
  }

  init(_ axis: WindowAxis) {
    self.init(first: axis.start(0) + axis.anchor, step: axis.stride)
  }

  /// The results of `axes`, each of which works on what the one before it made.
  init(_ axes: [WindowAxis]) {
    self = axes.reversed().reduce(.all) {
      PickedColumns(
        first: $0.first * $1.stride + $1.start(0) + $1.anchor, step: $0.step * $1.stride)
    }
  }

  /// The pixel that result `index` stands for.
  func column(_ index: Int, width: Int) -> Int { min(max(first + index * step, 0), width - 1) }

  /// The results, of `count`, that need no nearest one.
  func inside(width: Int, count: Int) -> Range<Int> {
    let start = first >= 0 ? 0 : min(count, (step - 1 - first) / step)
    let end = first >= width ? 0 : min(count, (width - 1 - first) / step + 1)
    return start..<max(start, end)
  }
}

/// The pixels of a row that those of a result stand for.
///
/// - Parameters:
///   - width: pixels of the row.
///   - size: of a pixel, in bytes.
///   - line: room for `count` pixels, which is used where they are not neighbours within the row.
func pixels(
  of row: UnsafeRawPointer, width: Int, _ picked: PickedColumns, size: Int, count: Int,
  line: UnsafeMutableRawPointer
) -> UnsafeRawPointer {
  let inside = picked.inside(width: width, count: count)
  // Safety: those inside lie within the row, and `line` holds them all.
  let start = row + picked.column(inside.lowerBound, width: width) * size
  if picked.step == 1, inside.count == count { return start }
  pickPixels(
    from: start, step: picked.step * size, to: line + inside.lowerBound * size, size: size,
    count: inside.count)
  for index in 0..<inside.lowerBound {
    (line + index * size).copyMemory(from: row, byteCount: size)
  }
  for index in inside.upperBound..<count {
    (line + index * size).copyMemory(from: row + (width - 1) * size, byteCount: size)
  }
  return UnsafeRawPointer(line)
}
