/// A key that a named kernel takes, for listings.
public struct KernelParameter: Sendable, Hashable {
  public var key: String
  /// Value where the key is not given, in words.
  public var standard: String
  /// What it means, with unit and range.
  public var meaning: String

  public init(_ key: String, _ standard: String, _ meaning: String) {
    self.key = key
    self.standard = standard
    self.meaning = meaning
  }
}
