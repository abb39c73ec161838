import Text

/// Reads the description language: a layer a line (or `;`), `#` comments, blocks in braces.
///
///     input 32x32x3        # optional, first
///     conv 64 3x3 same relu
///     maxpool 2
///     residual { conv 64 3x3 same; relu; conv 64 3x3 same } relu
///     flatten
///     dense 10
struct DescriptionParser {
  private var tokens: [Token]
  private var next = 0
  /// The shape after `input`, if there is such a line.
  private(set) var input: FeatureShape?
  /// Where each layer starts, in the order of `Network.allNodes`.
  private(set) var positions: [TextPosition] = []
  /// Where the network was said to end in softmax.
  private var softmax: TextPosition?
  /// Blocks that are open.
  private var depth = 0

  /// Blocks within blocks at most: far more than a network has, far less than the stack holds.
  private static let deepest = 16

  init(_ text: String) {
    // Some editors begin a text with a mark of its encoding.
    let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
    tokens = Self.tokens(String(String.UnicodeScalarView(scalars)))
  }

  mutating func parse() throws(NetworkError) -> [any Layer] {
    let layers = try chain(inside: nil)
    if layers.isEmpty { throw .emptyDescription }
    return layers
  }

  /// Layers up to the end, or up to the brace that closes `brace`.
  private mutating func chain(inside brace: TextPosition?) throws(NetworkError) -> [any Layer] {
    var layers: [any Layer] = []
    depth += 1
    defer { depth -= 1 }
    if let brace, depth > Self.deepest + 1 {
      throw .tooDeep(at: brace, deepest: Self.deepest)
    }
    while true {
      guard next < tokens.count else {
        if let brace { throw .unbalancedBrace(at: brace) }
        return layers
      }
      let token = tokens[next]
      next += 1
      switch token.kind {
      case .end: continue
      case .close:
        if brace == nil { throw .unbalancedBrace(at: token.position) }
        return layers
      case .open:
        throw .unexpected("{", in: "a line", at: token.position, expected: "a layer's name first")
      case .word:
        if let layer = try line(token, isFirst: layers.isEmpty && brace == nil) {
          layers.append(layer)
        }
      }
    }
  }

  /// One layer, whose word has been taken; nil for lines that describe none.
  private mutating func line(_ head: Token, isFirst: Bool) throws(NetworkError) -> (any Layer)? {
    var words: [Token] = []
    var blocks: [[any Layer]] = []
    // The other two describe no layer.
    if !["input", "softmax"].contains(head.text.lowercased()) { positions.append(head.position) }
    scan: while next < tokens.count {
      let token = tokens[next]
      switch token.kind {
      case .end, .close: break scan
      case .open:
        next += 1
        if blocks.count == 1, words.last?.text.lowercased() == "shortcut" { words.removeLast() }
        blocks.append(try chain(inside: token.position))
      case .word:
        next += 1
        words.append(token)
      }
    }
    let word = head.text.lowercased()
    var ends: TextPosition?
    if let last = words.last, last.text.lowercased() == "softmax" {
      ends = last.position
      words.removeLast()
    }
    defer { if let ends { softmax = ends } }
    var arguments = LayerArguments(layer: word, start: head.position, tokens: words)
    if word == "input" {
      guard isFirst, input == nil, blocks.isEmpty else { throw .misplacedInput(at: head.position) }
      input = try arguments.shape()
      try arguments.finish(expected: "a shape, as 32x32x3")
      return nil
    }
    if let softmax {
      throw .unexpected(
        "softmax", in: "a network", at: softmax, expected: "softmax only at its end")
    }
    if word == "softmax" {
      // The loss and the prediction hold it.
      try arguments.finish(expected: "nothing")
      softmax = head.position
      return nil
    }
    guard let type = LayerWords.type(for: word) else {
      throw .unknownLayer(
        head.text, at: head.position,
        suggestion: nearest(to: word, among: LayerWords.all.flatMap { $0.words } + ["input"]))
    }
    for block in blocks { arguments.attach(block) }
    if !blocks.isEmpty && !(type is any Block.Type) {
      throw .unexpected("{", in: word, at: head.position, expected: "no block in braces")
    }
    let layer = try type.parse(&arguments)
    try arguments.finish(expected: "nothing more")
    return layer
  }

  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var word = ""
    var line = 1
    var column = 0
    var isComment = false
    func flush() {
      if word.isEmpty { return }
      let position = TextPosition(line: line, column: column - word.count)
      tokens.append(Token(kind: .word, text: word, position: position))
      word = ""
    }
    for character in text {
      column += 1
      let position = TextPosition(line: line, column: column)
      if character.isNewline {
        flush()
        tokens.append(Token(kind: .end, text: "", position: position))
        (line, column, isComment) = (line + 1, 0, false)
      } else if isComment {
        continue
      } else if character == "#" {
        flush()
        isComment = true
      } else if character == ";" {
        flush()
        tokens.append(Token(kind: .end, text: "", position: position))
      } else if character == "{" || character == "}" {
        flush()
        let kind: Token.Kind = character == "{" ? .open : .close
        tokens.append(Token(kind: kind, text: String(character), position: position))
      } else if character.isWhitespace || character == "=" {
        flush()
      } else {
        word.append(character)
      }
    }
    column += 1
    flush()
    return tokens
  }
}
