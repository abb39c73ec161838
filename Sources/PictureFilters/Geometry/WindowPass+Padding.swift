import ConvEngine
import Raster

/// What stands beyond the border.
extension WindowPass {
  /// Columns whose windows may reach over the border: from padded copies of the rows.
  func paddedColumns(
    _ columns: Range<Int>, _ table: InputRows, _ tableCount: Int, _ rows: Int,
    _ output: OutputRows, _ scratch: Scratch
  ) {
    let pixel = channels * body.input.byteCount
    let samples = columns.count + horizontal.window - 1
    let copies = scratch.rows(tableCount, bytesPerRow: samples * pixel)
    let start = columns.lowerBound - horizontal.before
    for index in 0..<tableCount {
      // Rows that stand for several others are copied as often; only small pictures have many.
      fillPadded(copies[index], from: table[index], start: start, count: samples, pixel: pixel)
    }
    copies.withMemoryRebound(to: UnsafeRawPointer.self, capacity: tableCount) {
      callBody($0, output, rows: rows, width: (columns.count - 1) * channels + kept, false, scratch)
    }
  }

  /// Copies the pixels `start ..< start + count` of a row, those beyond the border included.
  private func fillPadded(
    _ target: UnsafeMutableRawPointer, from row: UnsafeRawPointer, start: Int, count: Int,
    pixel: Int
  ) {
    var index = 0
    while index < count {
      let position = start + index
      if position >= 0 && position < horizontal.input {
        let run = min(count - index, horizontal.input - position)
        (target + index * pixel).copyMemory(
          from: row + position * pixel, byteCount: run * pixel)
        index += run
      } else if let source = padding.source(position, count: horizontal.input) {
        (target + index * pixel).copyMemory(from: row + source * pixel, byteCount: pixel)
        index += 1
      } else {
        fillPixels(target + index * pixel, bytes: pixel)
        index += 1
      }
    }
  }

  /// A row beyond the border, where it is constant.
  func constantRow(_ scratch: Scratch) -> UnsafeRawPointer {
    let bytes = horizontal.input * channels * body.input.byteCount
    let row = scratch.bytes(bytes)
    fillPixels(row, bytes: bytes)
    return UnsafeRawPointer(row)
  }

  private func fillPixels(_ target: UnsafeMutableRawPointer, bytes: Int) {
    for offset in stride(from: 0, to: bytes, by: fill.count) {
      for (index, byte) in fill.enumerated() {
        target.storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
      }
    }
  }
}
