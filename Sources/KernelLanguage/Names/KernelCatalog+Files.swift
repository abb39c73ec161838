import Text

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
      return try KernelFile(Base64.decode(EmbeddedFiles.base64[index].text), name: nil)
    } catch {
      preconditionFailure("Kernels/\(EmbeddedFiles.base64[index].name): \(error)")
    }
  }
}
