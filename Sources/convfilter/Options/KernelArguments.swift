import ArgumentParser
import KernelLanguage
import Raster

/// The kernels of a chain.
struct KernelArguments: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: Self.chainHelp, completion: Completion.kernel)
  var kernel: [String] = []

  static let chainHelp = ArgumentHelp(
    "A name (gaussian:sigma=2), a kernel file, numbers (3x3: 0,-1,0,...) or a filter of a model "
      + "(m.safetensors:conv1/5); repeat for a chain.",
    valueName: "spec")

  func validate() throws {
    if kernel.isEmpty {
      throw ValidationError(
        "--kernel is missing; 'convfilter kernels' lists the names, 'gaussian:sigma=2' is one")
    }
    try Self.checkCount(kernel)
  }

  /// The steps of the chain.
  func stages() throws -> [Stage] {
    try kernel.map { try Self.stage($0, of: "--kernel ") }
  }

  /// Kernels of a chain: each takes rows of its own, and is asked after whenever another has made some.
  private static let most = 1000

  /// - Throws: `ValidationError` for more than a chain has.
  static func checkCount(_ kernels: [String]) throws {
    guard kernels.count <= most else {
      throw ValidationError(
        "--kernel is there \(kernels.count) times; a chain has at most \(most) kernels")
    }
  }

  /// One step, from its text.
  ///
  /// - Parameters:
  ///   - option: what stands before the text, for messages.
  ///   - remedy: what to do where it names a folder.
  static func stage(
    _ text: String, of option: String = "",
    folder remedy: String = "name a kernel file in it; sheet --kernels-from shows what each does"
  ) throws -> Stage {
    do {
      return try KernelSpec.parse(text, sources: .files)
    } catch {
      if case .unknownName = error,
        let status = try? FileStatus(FilePath(argument: text)), status.kind == .folder
      {
        throw ValidationError("\(option)'\(text.shortened())': is a folder; \(remedy)")
      }
      throw ValidationError("\(option)'\(text.shortened())': \(error)")
    }
  }
}
