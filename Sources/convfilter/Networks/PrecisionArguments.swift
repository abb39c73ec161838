import ArgumentParser
import ConvEngine
import Text

/// What the products of a network that has been trained are made of.
struct PrecisionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Products of convolutions and dense layers: f32, or bf16, rounded to bfloat16 with sums in single "
        + "precision, on processors with AVX512-BF16 (default: f32).", valueName: "name"))
  var precision: PrecisionChoice?

  /// - Throws: where the processor has no instructions for it.
  func checked() throws -> Precision {
    let precision = precision?.value ?? .f32
    try precision.check(at: "--precision \(precision)")
    return precision
  }
}

enum PrecisionChoice: String, CaseIterable, ExpressibleByArgument {
  case f32, bf16

  var value: Precision { self == .bf16 ? .bf16 : .f32 }
}

extension Precision {
  /// Refuses a precision that the processor has no instructions for, unless CONVFILTER_BF16=emulate asks for
  /// its numbers without them.
  ///
  /// - Parameter place: where the precision was asked for.
  func check(at place: String) throws {
    if isNative || Terminal.variable("CONVFILTER_BF16") == "emulate" { return }
    throw CommandFailure(
      "this processor has no instructions for products of bfloat16 (AVX512-BF16); take f32, which "
        + "is as fast here, or set CONVFILTER_BF16=emulate to see what the rounding does",
      at: place)
  }
}
