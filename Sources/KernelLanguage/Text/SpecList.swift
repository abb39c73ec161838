/// Walks over the members of a specification and makes one stage of them.
struct SpecList {
  private let text: String
  private let sources: KernelSources
  private var scanner: KernelScanner
  private var operations: [Stage.Operation] = []
  private var geometry = StageGeometry()
  private var combination: Combination?

  init(text: String, sources: KernelSources) {
    self.text = text
    self.sources = sources
    // `#` starts a comment in files; on the command line nothing does.
    scanner = KernelScanner([UInt8](text.utf8), file: nil, comments: false)
  }

  /// The next member, nil at the end; empty members (`a;;b`, `a;`) are passed over.
  mutating func next() throws(KernelError) -> SpecItem? {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    scanner.skip { isBlank($0) || $0 == UInt8(ascii: ";") }
    guard scanner.next != nil else { return nil }
    let item = try SpecItem(&scanner, sources: sources)
    scanner.skip(isBlank)
    guard scanner.next == nil || scanner.next == UInt8(ascii: ";") else {
      throw scanner.error(.expected("';' or the end", found: scanner.glimpse()))
    }
    return item
  }

  mutating func add(_ item: SpecItem) throws(KernelError) {
    var arguments = item.arguments
    if operations.isEmpty { geometry = item.geometry }
    try KernelSettings.read(&arguments, into: &geometry)
    if let combine = try KernelSettings.combination(&arguments) {
      guard combination == nil else { throw .repeatedKey("combine") }
      combination = combine
    }
    operations.append(try settled(item, &arguments))
  }

  /// The member's kernels with their keys applied and their turned copies added.
  private func settled(_ item: SpecItem, _ arguments: inout KernelArguments) throws(KernelError)
    -> Stage.Operation
  {
    func each(_ kernel: Kernel) throws(KernelError) -> [Kernel] {
      let kernel = try KernelSettings.apply(&arguments, to: kernel)
      return try item.expansion?.turned(kernel) ?? [kernel]
    }
    switch item.operation {
    case .correlate(let kernel):
      let kernels = try each(kernel)
      return kernels.count == 1 ? .correlate(kernels[0]) : .combine(kernels, .maximum)
    case .combine(let members, let combination):
      var kernels: [Kernel] = []
      for member in members { kernels += try each(member) }
      return .combine(kernels, combination)
    case .change(.resize) where item.expansion == .quarters:
      // ImageMagick's `>`, never enlarge, is what resizing does anyway.
      return item.operation
    case .pool, .unsharp, .change, .neighbourhood:
      if let expansion = item.expansion {
        throw .notAKernel(key: "\(expansion.flag)", stage: item.name)
      }
      return item.operation
    }
  }

  func stage() throws(KernelError) -> Stage {
    guard !operations.isEmpty else { throw .empty }
    return Stage(try operation(), geometry: geometry, name: text.trimmed)
  }

  private func operation() throws(KernelError) -> Stage.Operation {
    if operations.count == 1 {
      guard let combination else { return operations[0] }
      guard case .combine(let kernels, _) = operations[0] else {
        throw .nothingToCombine(text.trimmed)
      }
      return .combine(kernels, combination)
    }
    var kernels: [Kernel] = []
    for operation in operations {
      switch operation {
      case .correlate(let kernel): kernels.append(kernel)
      case .combine(let members, _): kernels += members
      case .pool, .unsharp, .change, .neighbourhood: throw .cannotCombine(text.trimmed)
      }
    }
    for kernel in kernels where kernel.depth != kernels[0].depth {
      throw .mixedDepths(kernels[0].depth, kernel.depth)
    }
    return .combine(kernels, combination ?? .maximum)
  }
}
