import Text

/// One member of a specification: what it names, and its keys.
struct SpecItem {
  /// What the user called it.
  var name: String
  var operation: Stage.Operation
  var arguments: SpecKeys
  var expansion: Expansion?
  /// What a trained filter's layer says; keys say otherwise.
  var geometry = StageGeometry()
}

extension SpecItem {
  /// Reads the member that starts at the scanner; stops at `;` or the end.
  init(_ scanner: inout KernelScanner, sources: KernelSources) throws(KernelError) {
    let start = scanner.index
    if scanner.next == UInt8(ascii: "[") {
      self.init(
        name: "", operation: .correlate(try BracketKernel.read(&scanner)), arguments: .init())
      try readKeys(&scanner)
    } else if InlineKernel.starts(scanner) {
      let kernels = try InlineKernel.read(&scanner)
      self.init(
        name: "",
        operation: kernels.count == 1 ? .correlate(kernels[0]) : .combine(kernels, .maximum),
        arguments: .init())
      try readKeys(&scanner)
    } else if SpecItem.isList(scanner) {
      self.init(
        name: "", operation: .correlate(try InlineKernel.readList(&scanner)), arguments: .init())
      try readKeys(&scanner)
    } else {
      let word = scanner.word { $0 == UInt8(ascii: ";") }
      try self.init(word: word.text.trimmed, sources: sources)
      return
    }
    name = scanner.text(from: start).trimmed
  }

  /// Whether numbers separated by commas stand ahead, `0,-1,0, …`.
  private static func isList(_ scanner: KernelScanner) -> Bool {
    var copy = scanner
    let word = copy.word { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ":") }.text
    return word.contains(",") && decimal(word.prefix { $0 != "," && $0 != " " }) != nil
  }

  /// `:key=value,…` after numbers.
  private mutating func readKeys(_ scanner: inout KernelScanner) throws(KernelError) {
    scanner.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let byte = scanner.next, byte != UInt8(ascii: ";") else { return }
    guard byte == UInt8(ascii: ":") else {
      throw scanner.error(.expected("':', ';' or the end", found: scanner.glimpse()))
    }
    scanner.advance()
    let word = scanner.word { $0 == UInt8(ascii: ";") }
    try readPairs(word.text, named: nil, called: "the kernel")
  }

  /// A name, a file or a filter of a model.
  private init(word: String, sources: KernelSources) throws(KernelError) {
    if let item = try SpecItem(model: word, sources: sources) {
      self = item
      return
    }
    // A flag on the name itself, `kirsch-x@`, or on its numbers, `Sobel:45>`.
    let head = String(word.prefix { $0 != ":" }).trimmed
    if let named = KernelCatalog.find(SpecItem.withoutFlag(head).text) {
      try self.init(named, word, head, sources)
    } else {
      try self.init(file: word, sources: sources)
    }
  }

  private init(
    _ named: NamedKernel, _ word: String, _ head: String, _ sources: KernelSources
  ) throws(KernelError) {
    let (_, flag) = SpecItem.withoutFlag(head)
    self.init(
      name: word, operation: .correlate(Kernel(width: 1, height: 1, taps: [1])),
      arguments: .init(), expansion: flag)
    if word.contains(":") {
      let rest = String(word[word.index(after: word.firstIndex(of: ":")!)...])
      try readPairs(rest, named: named, called: named.name)
    }
    var own = SpecKeys()
    for parameter in named.parameters {
      // Poolings list their stride, but it is the stage's.
      if KernelSettings.ofStage.contains(parameter.key) { continue }
      if let value = arguments.take(parameter.key) { try own.add(parameter.key, value) }
    }
    if let text = own.take("mask") {
      own.mask = try StructuringElement(mask: text, sources: sources)
    }
    operation = try named.make(own)
  }

  private init(file word: String, sources: KernelSources) throws(KernelError) {
    let (path, rest) = SpecItem.splitKeys(word)
    guard let bytes = try sources.file(path) else {
      let head = String(word.prefix { $0 != ":" })
      if let advice = NeighbouringFilters.advice(for: head.trimmed) {
        throw .noWeightedSum(head.trimmed, advice: advice)
      }
      throw .unknownName(head, suggestion: nearest(to: head, among: KernelCatalog.everyName))
    }
    let kernels = try KernelFile(bytes, name: path).kernels
    self.init(
      name: path,
      operation: kernels.count == 1 ? .correlate(kernels[0]) : .combine(kernels, .maximum),
      arguments: .init())
    if let rest { try readPairs(rest, named: nil, called: path) }
  }

  private init?(model word: String, sources: KernelSources) throws(KernelError) {
    let mark = ".safetensors:"
    guard word.utf8.contains(UInt8(ascii: ":")), let end = word.firstRange(of: mark) else {
      return nil
    }
    let model = String(word[..<end.lowerBound] + mark.dropLast())
    let (filter, rest) = SpecItem.splitKeys(String(word[end.upperBound...]))
    let stage = try sources.filter(model, filter)
    self.init(name: word, operation: stage.operation, arguments: .init(), geometry: stage.geometry)
    if let rest { try readPairs(rest, named: nil, called: model) }
  }

  /// Cuts at the first `:` that a key and `=` follow.
  private static func splitKeys(_ word: String) -> (String, String?) {
    var index = word.startIndex
    while let colon = word[index...].firstIndex(of: ":") {
      index = word.index(after: colon)
      let key = word[index...].prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      if !key.isEmpty, word[key.endIndex...].hasPrefix("=") {
        return (String(word[..<colon]), String(word[index...]))
      }
    }
    return (word, nil)
  }

  private static func withoutFlag(_ text: String) -> (text: String, flag: Expansion?) {
    guard let last = text.utf8.last, let flag = Expansion(last) else { return (text, nil) }
    return (String(text.dropLast()), flag)
  }
}

extension SpecItem {
  /// Reads `key=value,…`, bare numbers and a flag; checks that the keys are known.
  private mutating func readPairs(_ text: String, named: NamedKernel?, called: String)
    throws(KernelError)
  {
    var text = text.trimmed
    let (rest, flag) = SpecItem.withoutFlag(text)
    if let flag {
      expansion = flag
      text = rest.trimmed
    }
    if text.isEmpty { return }
    var numbers: [String] = []
    var keyed = false
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = String(part).trimmed
      if let equals = part.firstIndex(of: "=") {
        var key = String(part[..<equals]).trimmed.lowercased()
        key = named?.keyAliases[key] ?? key
        try check(key, named, called)
        try arguments.add(key, String(part[part.index(after: equals)...]).trimmed)
        keyed = true
      } else if keyed, arguments.takesMore(part) {
        arguments.extendLast(with: part)
      } else if !keyed, named != nil {
        numbers.append(part)
      } else if keyed, let last = arguments.pairs.last, isFraction(part), Int(last.value) != nil {
        throw .decimalComma(key: last.key, value: last.value, fraction: part)
      } else {
        throw .badPair(part, after: called)
      }
    }
    if let named { try readNumbers(numbers, named) }
  }

  /// Whether a word may be what stands behind a decimal comma.
  private func isFraction(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private func check(_ key: String, _ named: NamedKernel?, _ called: String) throws(KernelError) {
    var keys = named?.parameters.map(\.key) ?? []
    if let named, KernelCatalog.isChange(named) {
      if keys.contains(key) { return }
      if keys.isEmpty { throw .takesNothing(stage: called) }
      throw .unknownKey(key, kernel: called, keys: keys, suggestion: nearest(to: key, among: keys))
    }
    if named.map(KernelCatalog.hasWeights) ?? true {
      keys += KernelSettings.ofKernel.filter { !keys.contains($0) }
    }
    keys += KernelSettings.ofStage.filter { !keys.contains($0) }
    guard !keys.contains(key) else { return }
    if KernelSettings.ofKernel.contains(key) { throw .notAKernel(key: key, stage: called) }
    throw .unknownKey(key, kernel: called, keys: keys, suggestion: nearest(to: key, among: keys))
  }

  /// Bare numbers after the colon, `2`, `0x2`, `9,45`, `0x2+45`.
  private mutating func readNumbers(_ parts: [String], _ named: NamedKernel) throws(KernelError) {
    if parts.isEmpty { return }
    if let words = named.words { return try words(parts, &arguments) }
    var numbers = parts
    if parts.count == 1, named.positional.first != ["size"] {
      numbers = parts[0].lowercased().split(
        omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "+" }
      ).map(String.init)
    }
    guard var keys = named.positional.first(where: { $0.count == numbers.count }) else {
      let accepted = named.positional.map { $0.joined(separator: ",") }
      if let key = named.positional.first?.first, numbers.contains(where: { decimal($0) == nil }) {
        throw .badValue(
          key: key, value: parts.joined(separator: ","),
          expected: "numbers: \(accepted.joined(separator: " or "))")
      }
      throw .surplusValues(kernel: named.name, accepted: accepted)
    }
    // ImageMagick's threshold is a fraction, and not 0 where it is left out.
    if named.name == "unsharp", parts.count == 1, numbers.count > 1 {
      if numbers.count == 4 { keys[3] = "fraction" }
      if numbers.count < 4, arguments["threshold"] == nil, arguments["fraction"] == nil {
        try arguments.add("fraction", "0.05")
      }
    }
    for (key, number) in zip(keys, numbers) {
      // Whether it takes a per cent, the key says itself.
      let plain = number.hasSuffix("%") ? String(number.dropLast()) : number
      guard decimal(plain) != nil || key == "size" else {
        throw .badValue(key: key, value: number, expected: "a number, or key=value")
      }
      try arguments.add(key, number)
    }
  }
}
