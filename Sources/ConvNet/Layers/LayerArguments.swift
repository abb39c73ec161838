import Text

/// A word of a description and where it stands.
struct Token: Sendable {
  enum Kind: Sendable { case word, end, open, close }
  var kind: Kind
  var text: String
  var position: TextPosition
}

/// What follows a layer's word on its line.
public struct LayerArguments {
  /// The word that the line starts with, for messages.
  public let layer: String
  /// Where the line starts.
  public let start: TextPosition
  private var tokens: [Token]
  private var next = 0
  private var claimed: Set<String> = []
  /// Reads the block that follows, `{ … }`; handed in by the parser.
  private var blocks: [[any Layer]] = []

  init(layer: String, start: TextPosition, tokens: [Token]) {
    self.layer = layer
    self.start = start
    self.tokens = tokens
  }

  /// The next word, if there is one; `take` removes it.
  public var word: String? { next < tokens.count ? tokens[next].text.lowercased() : nil }

  /// Where the next word stands.
  public var position: TextPosition { next < tokens.count ? tokens[next].position : start }

  public mutating func take() { next += 1 }

  /// Removes the next word if it is `expected`.
  public mutating func take(_ expected: String) -> Bool {
    guard word == expected else { return false }
    take()
    return true
  }

  /// Refuses a setting that was given before.
  ///
  /// - Parameter setting: what it is called: words that exclude each other share it.
  public mutating func claim(_ setting: String) throws(NetworkError) {
    if !claimed.insert(setting).inserted {
      throw .repeated(setting, of: layer, at: position)
    }
  }

  /// The next word as a whole number in `range`.
  public mutating func integer(
    _ what: String, _ range: ClosedRange<Int>
  ) throws(NetworkError) -> Int {
    try value(what, range) { Int($0) }
  }

  /// The next word as a number in `range`.
  public mutating func number(
    _ what: String, _ range: ClosedRange<Float>
  ) throws(NetworkError) -> Float {
    try value(what, range) { Float($0).flatMap { $0.isFinite ? $0 : nil } }
  }

  private mutating func value<Value: Comparable>(
    _ what: String, _ range: ClosedRange<Value>, _ read: (String) -> Value?
  ) throws(NetworkError) -> Value {
    guard let word else { throw .missingArgument(what, of: layer, at: start) }
    guard let value = read(word) else {
      throw .unexpected(word, in: layer, at: position, expected: what)
    }
    guard range.contains(value) else {
      throw .valueOutOfRange(
        word, of: layer, at: position, allowed: "\(range.lowerBound)…\(range.upperBound)")
    }
    take()
    return value
  }

  /// The next word as `3x5` (rows × columns) or `3`.
  public mutating func pair(
    _ what: String, _ range: ClosedRange<Int>
  ) throws(NetworkError) -> (Int, Int) {
    guard let word else { throw .missingArgument(what, of: layer, at: start) }
    guard let sides = axisLengths(word), sides.count <= 2 else {
      throw .unexpected(word, in: layer, at: position, expected: what)
    }
    guard sides.allSatisfy(range.contains) else {
      throw .valueOutOfRange(
        word, of: layer, at: position, allowed: "\(range.lowerBound)…\(range.upperBound) an axis")
    }
    take()
    return (sides[0], sides[sides.count - 1])
  }

  /// Whether the next word is a number or a size.
  public var startsNumber: Bool { word?.first?.isNumber ?? false }

  /// The next word as one of the activations, if it is one.
  public mutating func activation() throws(NetworkError) -> (any Activation)? {
    guard let word, let type = LayerWords.type(for: word) as? any Activation.Type else {
      return nil
    }
    take()
    return try type.parse(&self)
  }

  /// Complains about what nobody took.
  public func finish(expected: String) throws(NetworkError) {
    guard let word else { return }
    let known =
      expected.split { !$0.isLetter }.map(String.init)
      + LayerWords.all.filter { $0 is any Activation.Type && expected.contains("activation") }
      .flatMap { $0.words }
    let near = nearest(to: word, among: known.filter { $0.count > 2 })
    // A word that is known stands in the wrong place.
    let advice =
      near == word
      ? "; each at most once, and nothing behind the activation"
      : near.map { "; did you mean \"\($0)\"?" } ?? ""
    throw .unexpected(word, in: layer, at: position, expected: expected + advice)
  }

  mutating func attach(_ block: [any Layer]) { blocks.append(block) }

  /// The blocks in braces that followed, in order.
  public var attached: [[any Layer]] { blocks }
}
