/// A pattern for names of files: `*.png`, `photos/**`, `IMG_[0-9]?.jpg`.
///
///     *      any characters of a name but /        ?      one of them
///     **     any folders, none as well             [a-z]  one of these, [!a-z] none of these
///     \c     the character c                       {a,b}  what either matches
///
/// A pattern with a slash is compared with the whole name below the folder, one without with the last
/// part of it; `name/` is a folder and all in it. Bytes that are no UTF-8 count as a character each.
struct Glob: Equatable, Sendable {
  enum Mistake: Error, Equatable {
    case empty
    case openClass
    case openEscape
    case tooManyBraces
  }

  private enum Piece: Equatable {
    case character(UInt32)
    case any
    /// Any run of characters.
    case run
    case oneOf([ClosedRange<UInt32>], negated: Bool)
  }

  private enum Component: Equatable {
    /// Any folders.
    case folders
    case name([Piece])
  }

  let text: String
  /// What braces leave to choose from.
  private let choices: [Choice]

  private struct Choice: Equatable {
    let parts: [Component]
    /// Whether only the last part of a name is compared.
    let isName: Bool
  }

  init(_ text: String) throws(Mistake) {
    self.text = text
    var choices: [Choice] = []
    for choice in try Self.withoutBraces(Self.characters(CommandWords.bytes(text))) {
      choices.append(try Self.choice(choice))
    }
    self.choices = choices
  }

  private static func choice(_ text: [UInt32]) throws(Mistake) -> Choice {
    var names = text.split(separator: slash, omittingEmptySubsequences: false)
    let isName = names.count == 1
    let isFolder = names.last!.isEmpty
    names.removeAll { $0.isEmpty || $0.elementsEqual([dot]) }
    if names.isEmpty { throw .empty }
    var parts: [Component] = []
    for name in names {
      if name.elementsEqual([star, star]) {
        // Any folders twice are any folders.
        if parts.last != .folders { parts.append(.folders) }
      } else {
        parts.append(.name(try pieces(name)))
      }
    }
    if isFolder, parts.last != .folders { parts.append(.folders) }
    return Choice(parts: parts, isName: isName)
  }

  /// Whether the name of a file or folder, relative to where the search began, is one of those meant.
  func matches(_ path: [UInt8]) -> Bool {
    let names = Self.characters(path).split(separator: Self.slash)
    return choices.contains { choice in
      Self.matches(choice.isName ? names.suffix(1) : names[...], choice.parts)
    }
  }

  private static func matches(_ names: ArraySlice<ArraySlice<UInt32>>, _ parts: [Component]) -> Bool
  {
    matches(
      names, parts, isRun: { $0 == .folders },
      isEqual: { name, part in
        guard case .name(let pieces) = part else { return false }
        return matches(name, pieces, isRun: { $0 == .run }, isEqual: isEqual)
      })
  }

  /// Only the last run need ever be longer: the work is at most the product of the lengths.
  private static func matches<Element, Pattern>(
    _ elements: ArraySlice<Element>, _ patterns: [Pattern], isRun: (Pattern) -> Bool,
    isEqual: (Element, Pattern) -> Bool
  ) -> Bool {
    var (element, pattern) = (elements.startIndex, 0)
    var last: (element: Int, pattern: Int)?
    while element < elements.endIndex {
      if pattern < patterns.count, isRun(patterns[pattern]) {
        last = (element, pattern)
        pattern += 1
      } else if pattern < patterns.count, isEqual(elements[element], patterns[pattern]) {
        (element, pattern) = (element + 1, pattern + 1)
      } else if let run = last {
        last = (run.element + 1, run.pattern)
        (element, pattern) = (run.element + 1, run.pattern + 1)
      } else {
        return false
      }
    }
    return patterns[pattern...].allSatisfy(isRun)
  }

  private static func isEqual(_ character: UInt32, _ piece: Piece) -> Bool {
    switch piece {
    case .character(let wanted): character == wanted
    case .any: true
    case .run: false
    case .oneOf(let ranges, let negated):
      ranges.contains { $0.contains(character) } != negated
    }
  }
}

extension Glob {
  private static let slash = UInt32(ascii: "/")
  private static let dot = UInt32(ascii: ".")
  private static let star = UInt32(ascii: "*")

  private static func pieces(_ text: ArraySlice<UInt32>) throws(Mistake) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text
    while let character = rest.popFirst() {
      switch character {
      case star: if pieces.last != .run { pieces.append(.run) }
      case UInt32(ascii: "?"): pieces.append(.any)
      case UInt32(ascii: "\\"):
        guard let escaped = rest.popFirst() else { throw .openEscape }
        pieces.append(.character(escaped))
      case UInt32(ascii: "["): pieces.append(try characterClass(&rest))
      default: pieces.append(.character(character))
      }
    }
    return pieces
  }

  /// What follows an opening bracket; a closing one that comes first is meant itself.
  private static func characterClass(_ rest: inout ArraySlice<UInt32>) throws(Mistake) -> Piece {
    var negated = false
    if rest.first == UInt32(ascii: "!") || rest.first == UInt32(ascii: "^") {
      negated = true
      rest.removeFirst()
    }
    var ranges: [ClosedRange<UInt32>] = []
    while let first = rest.popFirst() {
      if first == UInt32(ascii: "]"), !ranges.isEmpty { return .oneOf(ranges, negated: negated) }
      if rest.first == UInt32(ascii: "-"), let last = rest.dropFirst().first,
        last != UInt32(ascii: "]")
      {
        rest.removeFirst(2)
        ranges.append(min(first, last)...max(first, last))
      } else {
        ranges.append(first...first)
      }
    }
    throw .openClass
  }

  /// The characters of a name; a byte that is part of none is a number that no character has.
  private static func characters(_ bytes: [UInt8]) -> [UInt32] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(UInt32.init) }
    // Such bytes are scalars of a private plane there.
    return CommandWords.text(bytes).unicodeScalars.map(\.value)
  }
}

extension UInt32 {
  init(ascii scalar: Unicode.Scalar) { self = scalar.value }
}

extension Glob.Mistake: CustomStringConvertible {
  var description: String {
    switch self {
    case .empty: "is empty; name files as '*.png' or 'photos/**'"
    case .openClass: "has '[' without ']'; write \\[ for the character itself"
    case .tooManyBraces: "has braces with more than \(Glob.mostChoices) choices"
    case .openEscape: "ends in \\; write \\\\ for the character itself"
    }
  }
}
