/// Tensors that are trained otherwise than the rest.
public struct ParameterGroup: Sendable, Hashable {
  /// Names of tensors, `*` for any characters: `batchnorm*.bias`.
  public var pattern: String
  /// Times the rate of the training (> 0).
  public var rate: Float
  /// Times the decay of the training (≥ 0); nil as usual: 1 for kernels and dense weights, else 0.
  public var decay: Float?
  /// Trained in so many epochs only (0 for never); nil for all.
  public var epochs: Int?
  /// Whether the rate falls in a straight line to 0 over these epochs, whatever the schedule.
  public var fades: Bool

  public init(
    _ pattern: String, rate: Float = 1, decay: Float? = nil, epochs: Int? = nil, fades: Bool = false
  ) {
    self.pattern = pattern
    self.rate = rate
    self.decay = decay
    self.epochs = epochs
    self.fades = fades
  }

  /// Whether a tensor of this name belongs to it.
  public func contains(_ name: String) -> Bool {
    Self.matches(Array(name.utf8)[...], Array(pattern.utf8)[...])
  }

  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    let parts = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
    guard parts.count > 1 else { return name == pattern }
    guard name.starts(with: parts[0]) else { return false }
    var rest = name.dropFirst(parts[0].count)
    for part in parts[1..<parts.count - 1] {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    let last = parts[parts.count - 1]
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }
}

/// How one tensor moves in a step.
struct ParameterCourse: Sendable, Hashable {
  var rate: Float
  var decay: Float
}
