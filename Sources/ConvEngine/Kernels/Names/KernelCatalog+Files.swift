extension KernelCatalog {
  /// The kernels of the folder `Kernels/`: the file's name without `.txt` is the kernel's name.
  static let files: [NamedKernel] = EmbeddedFiles.base64.map { entry in
    let name = entry.name.hasSuffix(".txt") ? String(entry.name.dropLast(4)) : entry.name
    do {
      let file = try KernelFile(decoded(entry.text), name: nil)
      return NamedKernel(
        name, aliases: file.aliases, title: file.kernels[0].title, source: file.source,
        positional: [["angle"]]
      ) { _ throws(KernelError) in
        file.kernels.count == 1 ? .correlate(file.kernels[0]) : .combine(file.kernels, .maximum)
      }
    } catch {
      preconditionFailure("Kernels/\(entry.name): \(error)")
    }
  }

  /// The one kernel of a file in `Kernels/`.
  static func file(_ name: String) -> Kernel {
    guard case .correlate(let kernel)? = try? files.first(where: { $0.name == name })?.make(.init())
    else { preconditionFailure("no kernel \(name) in Kernels/") }
    return kernel
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
