import PictureFilters
import TestSupport

/// Rows of samples in memory of exactly the length that a body may read.
final class SampleRows {
  let element: Element
  let width: Int
  let count: Int
  private let memory: UnsafeMutableRawPointer
  private let pitch: Int
  /// Bytes that must stay as they are, around each row.
  private static let margin = 67

  init(_ element: Element, width: Int, count: Int) {
    self.element = element
    self.width = width
    self.count = count
    pitch = (width * element.byteCount + 2 * Self.margin + 7) / 8 * 8 + 8
    memory = .allocate(byteCount: pitch * max(count, 1), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: pitch * max(count, 1))
  }

  deinit { memory.deallocate() }

  /// Sample 0 of a row: aligned to the sample, and to nothing more.
  func row(_ index: Int) -> UnsafeMutableRawPointer {
    memory + index * pitch + (Self.margin + element.byteCount - 1) / 8 * 8 + 8
  }

  /// Fills rows with random samples, or with the largest.
  func fill(_ generator: inout SplitMix, extreme: Bool = false) {
    for y in 0..<count {
      for x in 0..<width {
        switch element {
        case .uint8:
          row(y).storeBytes(
            of: extreme ? 255 : UInt8.random(in: 0...255, using: &generator), toByteOffset: x,
            as: UInt8.self)
        case .uint16:
          row(y).storeBytes(
            of: extreme ? 65535 : UInt16.random(in: 0...65535, using: &generator),
            toByteOffset: x * 2, as: UInt16.self)
        case .int32, .int64: preconditionFailure("pictures have 8 or 16 bits")
        }
      }
    }
  }

  /// The bytes of the rows.
  var bytes: [[UInt8]] {
    (0..<count).map { y in
      [UInt8](UnsafeRawBufferPointer(start: row(y), count: width * element.byteCount))
    }
  }

  /// Whether nothing was written outside the rows.
  var marginsAreWhole: Bool {
    let inside = Set(
      (0..<count).flatMap { y in
        let start = row(y) - memory
        return start..<start + width * element.byteCount
      })
    return (0..<pitch * count).allSatisfy {
      inside.contains($0) || memory.load(fromByteOffset: $0, as: UInt8.self) == 0xA5
    }
  }
}

extension FilterBody {
  /// Runs over rows in calls of `cut` rows each, and checks that nothing else was written.
  func results(
    _ source: SampleRows, rows: Int, width: Int, cut: Int, past: Bool = false
  ) -> [[UInt8]] {
    precondition(source.width == width + reachSamples && source.count == inputRows(rows))
    let target = SampleRows(output, width: width, count: rows)
    for first in stride(from: 0, to: rows, by: cut) {
      let count = min(cut, rows - first)
      let size = scratchBytes(rows: count, width: width)
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: size + 64, alignment: 64)
      defer { scratch.deallocate() }
      scratch.initializeMemory(as: UInt8.self, repeating: 0x5A, count: size + 64)
      let inputs = (0..<inputRows(count)).map {
        UnsafeRawPointer(source.row(first * rowStride + $0))
      }
      let outputs = (0..<count).map { target.row(first + $0) }
      if past {
        stream(inputs, outputs, rows: count, width: width, scratch: scratch)
      } else {
        run(inputs, outputs, rows: count, width: width, scratch: scratch)
      }
      let end = UnsafeRawBufferPointer(start: scratch + size, count: 64)
      precondition(end.allSatisfy { $0 == 0x5A }, "the scratch was left")
    }
    precondition(target.marginsAreWhole, "the rows were left")
    return target.bytes
  }
}
