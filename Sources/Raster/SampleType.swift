/// How one sample of a picture is stored.
public enum SampleType: Sendable, Hashable, CaseIterable {
  /// 0…255.
  case uint8
  /// 0…65535, in the byte order of the machine.
  case uint16
  /// Single precision; 0…1 spans the range that an integer picture would have.
  case float32

  /// Size of a sample, in bytes.
  public var byteCount: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .float32: 4
    }
  }

  /// The value of full intensity: 255, 65535 or 1.
  public var maximum: Double {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    case .float32: 1
    }
  }
}
