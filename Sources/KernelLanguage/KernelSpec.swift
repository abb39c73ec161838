/// Reads what stands after `--kernel`.
///
///     NAME[:key=value,…]                     gaussian:sigma=2   sobel-x:stride=2   maxpool:size=3
///     NAME:number[,number…]                  gaussian:2   gaussian:0x2   motion:9,45
///     FILE[:key=value,…]                     my-kernel.txt:offset=128
///     WIDTHxHEIGHT[+X+Y]: numbers            3x3: 0,-1,0, -1,5,-1, 0,-1,0
///     [[0,-1,0],[-1,5,-1],[0,-1,0]][:key=…]  rows; with three levels one plane a channel
///     SPEC; SPEC[:combine=max|min|sum|l2]    a set, the largest result by default
///     MODEL.safetensors:LAYER/FILTER         one filter of a trained model
public enum KernelSpec {
  /// - Parameters:
  ///   - text: what the user wrote.
  ///   - sources: how files and models are read.
  /// - Throws: `KernelError`, with line and column where the text does not read as a kernel.
  public static func parse(_ text: String, sources: KernelSources = .none) throws(KernelError)
    -> Stage
  {
    guard !text.trimmed.isEmpty else { throw .empty }
    var list = SpecList(text: text, sources: sources)
    while let item = try list.next() { try list.add(item) }
    return try list.stage()
  }
}

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
  private func settled(_ item: SpecItem, _ arguments: inout SpecKeys) throws(KernelError)
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
