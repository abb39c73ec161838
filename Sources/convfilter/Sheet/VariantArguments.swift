import ArgumentParser
import KernelLanguage
import Raster
import Text

/// Which filters a sheet shows.
struct VariantArguments: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A kernel as for apply; repeat for more, each by itself or, with --chain, one after the other.",
      valueName: "spec"),
    completion: Completion.kernel)
  var kernel: [String] = []

  @Flag(help: "Apply the kernels one after the other, and show the picture after each.")
  var chain = false

  @Option(
    help: ArgumentHelp("Also each kernel file in this folder.", valueName: "folder"),
    completion: .directory)
  var kernelsFrom: String?

  @Flag(help: "Also every kernel that has a name.")
  var all = false

  var isEmpty: Bool { kernel.isEmpty && kernelsFrom == nil && !all }

  func validate() throws {
    try KernelArguments.checkCount(kernel)
    if chain && (kernelsFrom != nil || all) {
      throw ValidationError(
        "--chain has no order for the kernels of a folder or of all names; list them with --kernel")
    }
    if chain && kernel.isEmpty {
      throw ValidationError("--chain has no kernels; list them with --kernel")
    }
  }

  /// One filter of a sheet.
  struct Variant {
    var caption: String
    var stages: [Stage]
    /// Whether somebody asked for it by name, so that it must not be left out.
    var isNamed: Bool
  }

  /// - Throws: for kernels that do not read; in a folder they are warned of.
  func variants(_ diagnostics: Diagnostics) throws -> [Variant] {
    var variants: [Variant] = []
    var stages: [Stage] = []
    for text in kernel {
      let stage = try KernelArguments.stage(
        text, of: "--kernel ",
        folder: "--kernels-from \(shellQuoted(text)) shows each kernel file in it")
      stages = chain ? stages + [stage] : [stage]
      let caption = chain && stages.count > 1 ? "→ \(text)" : text
      variants.append(Variant(caption: caption, stages: stages, isNamed: true))
    }
    if let kernelsFrom { variants += try files(in: FilePath(argument: kernelsFrom), diagnostics) }
    if all {
      for named in KernelCatalog.sorted {
        guard let stage = try? named.standard() else { continue }
        if case .change = stage.operation { continue }
        variants.append(Variant(caption: named.name, stages: [stage], isNamed: false))
      }
    }
    return variants
  }

  /// The files that the kernels come from.
  var inputs: InputFiles {
    let folder = kernelsFrom.map { FilePath(argument: $0) }
    let names = folder.flatMap { try? FolderWalk.files(in: $0) } ?? []
    return KernelArguments.files(of: kernel)
      + InputFiles(names.map { name in folder!.appending(name.bytes) })
  }

  private func files(in folder: FilePath, _ diagnostics: Diagnostics) throws -> [Variant] {
    let names = try CommandFailure.at("\(folder)") { try FolderWalk.files(in: folder) }
    var variants: [Variant] = []
    for name in names {
      let path = "\(folder.appending(name.bytes))"
      do {
        let stage = try KernelSpec.parse(path, sources: .files)
        variants.append(Variant(caption: name.title, stages: [stage], isNamed: false))
      } catch {
        diagnostics.warning("is left out: \(error)", at: path)
      }
    }
    if variants.isEmpty { throw CommandFailure("holds no kernel file", at: "\(folder)") }
    return variants
  }
}
