extension SpecKeys {
  /// A level: `128` or `50%`.
  func level(_ key: String) throws(KernelError) -> SampleLevel? {
    guard let text = self[key] else { return nil }
    let isPercent = text.hasSuffix("%")
    guard let value = decimal(isPercent ? String(text.dropLast()) : text), abs(value) <= 1e9 else {
      throw .badValue(key: key, value: text, expected: "a level or a per cent, as in 128 or 50%")
    }
    return isPercent ? .percent(value) : .levels(value)
  }

  /// A share: `25` or `25%`.
  func percent(_ key: String) throws(KernelError) -> Double? {
    guard let text = self[key] else { return nil }
    let number = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let value = decimal(number), (0...100).contains(value) else {
      throw .badValue(key: key, value: text, expected: "0 to 100")
    }
    return value
  }

  /// A number above 0 in levels of 8 bits: `25` or `10%`.
  func byteLevels(_ key: String) throws(KernelError) -> Double? {
    switch try level(key) {
    case nil: return nil
    case .levels(let value)? where value > 0: return value
    case .percent(let value)? where value > 0: return value / 100 * 255
    default:
      throw .badValue(
        key: key, value: self[key] ?? "",
        expected: "a number above 0 or a per cent, as in 25 or 10%")
    }
  }

  /// `yes` or `no`.
  func flag(_ key: String) throws(KernelError) -> Bool? {
    switch self[key]?.lowercased() {
    case nil: return nil
    case "yes", "true", "1": return true
    case "no", "false", "0": return false
    case let other?: throw .badValue(key: key, value: other, expected: "yes or no")
    }
  }

  /// One of the cases of a type.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Choice.Type, aliases: [String: Choice] = [:]
  ) throws(KernelError) -> Choice? {
    guard let text = self[key] else { return nil }
    let word = text.lowercased()
    if let choice = Choice(rawValue: word) ?? aliases[word] { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw .badValue(
      key: key, value: text,
      expected: names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1])
  }
}
