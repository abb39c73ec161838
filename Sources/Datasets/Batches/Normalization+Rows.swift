import Raster

extension Normalization {
  /// The factors and terms of a whole row of interleaved samples, so that the loop over it has no
  /// channel in it.
  struct Row: Sendable {
    /// `[width · channels]`
    private let scale: [Float]
    private let shift: [Float]

    init(_ normalization: Normalization, width: Int) {
      scale = (0..<width).flatMap { _ in normalization.scale }
      shift = (0..<width).flatMap { _ in normalization.shift }
    }

    /// `target[i] = row[i] · scale + shift` for a whole row.
    func apply(_ row: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<Float>) {
      scale.withUnsafeBufferPointer { scale in
        shift.withUnsafeBufferPointer { shift in
          // Safety: the caller's rows are as long as the two tables, and do not overlap.
          let (a, b) = (scale.baseAddress!, shift.baseAddress!)
          for index in 0..<scale.count {
            target[index] = Float(row[index]) * a[index] + b[index]
          }
        }
      }
    }

    /// The same in place, for a row of levels that need not be whole.
    func apply(levels row: UnsafeMutablePointer<Float>) {
      scale.withUnsafeBufferPointer { scale in
        shift.withUnsafeBufferPointer { shift in
          // Safety: the caller's row is as long as the two tables.
          let (a, b) = (scale.baseAddress!, shift.baseAddress!)
          for index in 0..<scale.count { row[index] = row[index] * a[index] + b[index] }
        }
      }
    }
  }
}
