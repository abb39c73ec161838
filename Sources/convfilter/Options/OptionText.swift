import ArgumentParser

/// Reads the texts of options.
///
/// Options hold plain texts and numbers, not types of their own: each further type costs the
/// argument parser, which finds its way by reflection, some 0.2 ms at every start of the program.
enum OptionText {
  /// One of a few words.
  static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ text: String, of option: String, as type: Choice.Type = Choice.self
  ) throws -> Choice {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw ValidationError(
      "\(option) \(text): must be \(names.dropLast().joined(separator: ", ")) or \(names.last!)")
  }

  /// A value of a type that reads itself.
  ///
  /// - Parameter expected: what such a text looks like, for the message.
  static func value<Value>(
    _ text: String?, of option: String, expected: String, _ read: (String) -> Value?
  ) throws -> Value? {
    guard let text else { return nil }
    guard let value = read(text) else {
      throw ValidationError("\(option) \(text): expected \(expected)")
    }
    return value
  }

  /// Options with their values, those that were not given left out.
  static func words(_ options: [(name: String, value: String?)]) -> [String] {
    options.flatMap { name, value in value.map { [name, $0] } ?? [] }
  }
}
