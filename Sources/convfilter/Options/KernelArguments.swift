import ArgumentParser
import KernelLanguage

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
  }

  /// The steps of the chain.
  func stages() throws -> [Stage] {
    try kernel.map { try Self.stage($0, of: "--kernel ") }
  }

  /// One step, from its text.
  ///
  /// - Parameter option: what stands before the text, for messages.
  static func stage(_ text: String, of option: String = "") throws -> Stage {
    do {
      return try KernelSpec.parse(text, sources: .files)
    } catch {
      throw ValidationError("\(option)'\(text)': \(error)")
    }
  }
}
