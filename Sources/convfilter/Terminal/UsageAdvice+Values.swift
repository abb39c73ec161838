extension UsageAdvice {
  /// What the parser says of a value, and what it should have been, where help's word for it tells
  /// (`--epochs <n>`); nil where the parser says it itself, or it is no matter of values.
  static func expectation(after message: String) -> String? {
    guard
      let start = [" is invalid for '", "Missing value for '"].lazy.compactMap({ words in
        message.firstRange(of: words)?.upperBound
      }).first,
      message.last == "'",
      let opening = message[start...].firstIndex(of: "<"),
      let closing = message[opening...].firstIndex(of: ">")
    else { return nil }
    switch message[message.index(after: opening)..<closing] {
    case "n", "count", "number", "epochs", "level", "percent", "steps":
      return message + "; expected a whole number without a sign, as in 8"
    case "x", "share", "factor":
      return message + "; expected a number, as in 0.25"
    case "size":
      return message + "; expected " + SizeValue.expected
    default: return nil
    }
  }
}
