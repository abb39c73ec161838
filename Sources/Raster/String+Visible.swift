extension String {
  /// The text with control characters written as `\u{1B}`: they could command a terminal.
  public var visible: String { escaped(but: []) }

  /// The same for a text of several lines and columns, which stay what they are.
  public var visibleLines: String { escaped(but: ["\n", "\t"]) }

  /// The text as messages quote it: the first `length` scalars of a longer one, and an ellipsis.
  public func shortened(to length: Int = 80) -> String {
    if utf8.count <= length { return self }
    let scalars = unicodeScalars
    guard
      let end = scalars.index(scalars.startIndex, offsetBy: length, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return self }
    return String(scalars[..<end]) + "…"
  }

  private func escaped(but kept: [Unicode.Scalar]) -> String {
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      Self.isControl(scalar) && !kept.contains(scalar)
    }
    if !unicodeScalars.contains(where: isHidden) { return self }
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if isHidden(scalar) {
        shown += scalar.escaped(asASCII: true).unicodeScalars
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  /// Control characters, and those that turn the direction of what follows them.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
