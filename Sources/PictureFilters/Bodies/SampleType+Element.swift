import Raster

/// Samples of pictures in integers, read and written by type.
extension SampleType {
  /// How bodies name it.
  var element: Element {
    switch self {
    case .uint8: .uint8
    case .uint16: .uint16
    case .float32: preconditionFailure("floats are no matter of bodies")
    }
  }

  /// The largest sample, as an integer (floats: 1).
  var top: Int { Int(maximum) }
}
