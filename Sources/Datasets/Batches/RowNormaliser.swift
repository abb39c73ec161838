/// Normalises whole rows of interleaved samples.
///
/// Factors and terms are laid out for a row, so that the loop has no channel in it.
struct RowNormaliser: Sendable {
  /// `[width · channels]`
  private let scale: [Float]
  private let shift: [Float]

  init(_ normalisation: Normalisation, width: Int) {
    scale = (0..<width).flatMap { _ in normalisation.scale }
    shift = (0..<width).flatMap { _ in normalisation.shift }
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
}
