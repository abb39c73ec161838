import ArgumentParser
import ConvEngine

/// The kernels of a chain.
struct KernelArguments: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A name (gaussian:sigma=2), a kernel file or numbers (3x3: 0,-1,0,...); repeat for a chain.",
      valueName: "spec"),
    completion: .file())
  var kernel: [String] = []

  func validate() throws {
    if kernel.isEmpty {
      throw ValidationError(
        "--kernel is missing; 'convfilter kernels' lists the names, 'gaussian:sigma=2' is one")
    }
  }

  /// The steps of the chain.
  func stages() throws -> [Stage] {
    try kernel.map { text in
      do {
        let models = ModelFilters()
        var stage = try KernelSpec.parse(text, sources: .files(models))
        models.complete(&stage)
        return stage
      } catch {
        throw ValidationError("--kernel '\(text)': \(error)")
      }
    }
  }
}
