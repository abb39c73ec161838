import Text

/// The `key=value` pairs of a specification, with their readings.
struct SpecKeys: Sendable {
  /// In the order given; keys are unique.
  private(set) var pairs: [(key: String, value: String)] = []
  /// What `mask=` says, read.
  var mask: StructuringElement?

  mutating func add(_ key: String, _ value: String) throws(KernelError) {
    guard !pairs.contains(where: { $0.key == key }) else { throw .repeatedKey(key) }
    pairs.append((key, value))
  }

  /// Whether a bare word belongs to the last value: `anchor=1,2`, `padding=constant:255,0,0`.
  func takesMore(_ word: String) -> Bool {
    guard let last = pairs.last else { return false }
    return last.key == "anchor"
      || last.key == "padding" && last.value.lowercased().contains("constant:")
        && decimal(word) != nil
  }

  /// Appends to the last value: `anchor=1,2`.
  mutating func extendLast(with value: String) {
    pairs[pairs.count - 1].value += "," + value
  }

  /// Takes a pair out.
  mutating func take(_ key: String) -> String? {
    guard let index = pairs.firstIndex(where: { $0.key == key }) else { return nil }
    return pairs.remove(at: index).value
  }

  subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }

  var isEmpty: Bool { pairs.isEmpty }

  /// A finite number.
  func number(_ key: String) throws(KernelError) -> Double? {
    try number(key, "a number") { _ in true }
  }

  /// A number above 0.
  ///
  /// - Parameter most: what is expected where it is beyond all that are taken (nil: up to 1e100).
  func positive(_ key: String, most: String? = nil) throws(KernelError) -> Double? {
    try number(key, "a number above 0", most: most) { $0 > 0 }
  }

  /// A number from 0; `most` as for `positive`.
  func nonNegative(_ key: String, most: String? = nil) throws(KernelError) -> Double? {
    try number(key, "a number from 0", most: most) { $0 >= 0 }
  }

  private func number(
    _ key: String, _ expected: String, most: String? = nil, _ isAllowed: (Double) -> Bool
  ) throws(KernelError) -> Double? {
    guard let text = self[key] else { return nil }
    guard let value = decimal(text), isAllowed(value) else {
      throw .badValue(key: key, value: text, expected: expected)
    }
    guard abs(value) <= largestWeight else {
      let limit = shortest(largestWeight).replacing("+", with: "")
      let range =
        expected == "a number" ? "a number from -\(limit) to \(limit)" : expected + " to \(limit)"
      throw .badValue(key: key, value: text, expected: most ?? range)
    }
    return value
  }

  /// A whole number in `range`.
  func whole(_ key: String, in range: ClosedRange<Int> = 1...65535) throws(KernelError) -> Int? {
    guard let text = self[key] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw .badValue(
        key: key, value: text,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `N` or `WxH`, whole numbers from 1.
  func size(_ key: String) throws(KernelError) -> (width: Int, height: Int)? {
    guard let text = self[key] else { return nil }
    let limit = 65535
    guard let sides = axisLengths(text), sides.count <= 2,
      sides.allSatisfy({ (1...limit).contains($0) })
    else {
      throw .badValue(
        key: key, value: text, expected: "a whole number from 1 to \(limit), or two, as in 3x5")
    }
    return (sides[0], sides[sides.count - 1])
  }

  /// `size=`, else `radius=` (sides of 2·radius + 1), else nil.
  func window() throws(KernelError) -> (width: Int, height: Int)? {
    if let size = try size("size") { return size }
    // ImageMagick's radius 0 is the automatic one.
    guard let radius = try whole("radius", in: 0...32767), radius > 0 else { return nil }
    return (2 * radius + 1, 2 * radius + 1)
  }
}
