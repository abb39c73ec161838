/// How a sample is held between two steps of a filter.
package enum Element: Sendable, Hashable, CaseIterable {
  case uint8
  case uint16
  case int32
  case int64

  /// Size, in bytes.
  package var byteCount: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .int32: 4
    case .int64: 8
    }
  }

  /// The largest value that a picture of this type holds: 255 or 65535; nil for sums.
  package var top: Int64? {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    case .int32, .int64: nil
    }
  }
}
