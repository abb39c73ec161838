extension KernelCatalog {
  /// The kernels of the folder `Kernels/`.
  static let files: [NamedKernel] = fileNames.indices.map(named(file:))

  /// A file's name without `.txt` is the kernel's name.
  static let fileNames: [String] = EmbeddedFiles.base64.map { entry in
    entry.name.hasSuffix(".txt") ? String(entry.name.dropLast(4)) : entry.name
  }

  static func named(file index: Int) -> NamedKernel {
    let file = parsed(index)
    return NamedKernel(
      fileNames[index], aliases: file.aliases, title: file.kernels[0].title, source: file.source,
      positional: [["angle"]]
    ) { _ throws(KernelError) in
      file.kernels.count == 1 ? .correlate(file.kernels[0]) : .combine(file.kernels, .maximum)
    }
  }

  /// The one kernel of a file in `Kernels/`.
  static func file(_ name: String) -> Kernel {
    guard let index = fileNames.firstIndex(of: name) else {
      preconditionFailure("no kernel \(name) in Kernels/")
    }
    return parsed(index).kernels[0]
  }

  private static func parsed(_ index: Int) -> KernelFile {
    do {
      return try KernelFile(decoded(EmbeddedFiles.base64[index].text), name: nil)
    } catch {
      preconditionFailure("Kernels/\(EmbeddedFiles.base64[index].name): \(error)")
    }
  }

  private static func decoded(_ text: StaticString) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    text.withUTF8Buffer { characters in
      for character in characters {
        let value: UInt8
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - 48 + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        default: continue
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
          count -= 8
          bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
      }
    }
    return bytes
  }
}
