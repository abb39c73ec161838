import ConvEngine
import KernelLanguage
import Raster
import Testing

@testable import PictureFilters

/// Which body runs what, on each kind of instruction set, whatever this processor has.
@Suite struct BodyChoiceTests {
  /// Every instruction set of this kind of processor, by name.
  private static let sets = Dictionary(
    uniqueKeysWithValues: MicroKernels.everyCompiled.map { ($0.name, $0) })

  private func request(
    _ spec: String, _ sample: SampleType, sums: Bool = false
  ) throws -> BodyRequest {
    let stage = try KernelSpec.parse(spec)
    let kernel: Kernel
    switch stage.operation {
    case .correlate(let one): kernel = one
    case .combine(let several, _): kernel = several[0]
    default: preconditionFailure("a kernel")
    }
    var rule = KernelRule()
    rule.maximum = sample.top
    let integers = try IntegerKernel(kernel, rule: rule, stage: spec)
    var request = BodyRequest(
      integers, channels: 3,
      axes: (
        try WindowAxis(input: 1000, taps: kernel.width),
        try WindowAxis(input: 1000, taps: kernel.height)
      ), input: sample.element)
    request.rowsACall = nil
    return sums
      ? request
      : request.rounded(integers, to: sample.element, absolute: false, formula: kernel)
  }

  /// Bodies without rows taken directly (baseline, NEON), with them (AVX2, AVX-512), and with dot
  /// products of bytes too (VNNI).
  private static let golden: [(spec: String, sample: SampleType, names: [String])] = [
    (
      "sharpen", .uint8,
      ["dot products of 2 words", "pairs of taps in 16 bits", "pairs of taps in 16 bits"]
    ),
    (
      "sharpen", .uint16,
      ["dot products of 2 words", "dot products of 2 words", "dot products of 2 words"]
    ),
    (
      "disk:3", .uint8,
      ["dot products of 2 words", "pairs of taps in 16 bits", "dot products of 4 bytes"]
    ),
    (
      "disk:8", .uint8,
      ["dot products of 2 words", "dot products of 2 words", "dot products of 4 bytes"]
    ),
    (
      "box", .uint8,
      ["dot products of 2 words", "pairs of taps in 16 bits", "pairs of taps in 16 bits"]
    ),
    (
      "box:4", .uint8,
      ["running sums in 16 bits", "running sums in 16 bits", "running sums in 16 bits"]
    ),
    (
      "box:15", .uint16,
      ["running sums in 32 bits", "running sums in 32 bits", "running sums in 32 bits"]
    ),
    ("box:200", .uint16, ["transforms", "transforms", "transforms"]),
    (
      "gaussian:2", .uint8,
      ["planes in fixed point", "planes in fixed point", "planes in fixed point"]
    ),
    (
      "gaussian:1", .uint8,
      ["planes in fixed point", "mirrored strips in fixed point", "mirrored strips in fixed point"]
    ),
    (
      "7x1: 1,2,3,4,5,6,7; 1x7: 1,2,3,4,5,6,7", .uint8,
      ["dot products of 2 words", "pairs of taps in 16 bits", "pairs of taps in 16 bits"]
    ),
    ("binomial:5", .uint8, ["passes in 32 bits", "passes in 32 bits", "passes in 32 bits"]),
    ("binomial:5", .uint16, ["passes in 64 bits", "passes in 64 bits", "passes in 64 bits"]),
    ("gabor", .uint8, ["transforms", "transforms", "dot products in parts"]),
    ("disk:20", .uint8, ["transforms", "transforms", "dot products of 4 bytes"]),
    ("disk:20", .uint16, ["transforms", "transforms", "transforms"]),
    (
      "3x3: 3000000000,2,3,4,5,6,7,8,9:scale=1", .uint8,
      ["one sum after the other", "transforms", "one sum after the other"]
    ),
  ]

  @Test("what runs a kernel, on each kind of instruction set", arguments: golden.indices)
  func chosen(index: Int) throws {
    let (spec, sample, names) = Self.golden[index]
    let request = try request(spec, sample)
    for (set, kernels) in Self.sets {
      let kind = !kernels.hasNarrowRows ? 0 : !kernels.hasByteDots ? 1 : 2
      #expect(BodyChoice(request, kernels: kernels).name == names[kind], "\(spec) on \(set)")
    }
  }

  @Test(
    "the cheapest that accepts is chosen, and every other one has its reason",
    arguments: ["sharpen", "box:7", "gaussian:2", "sobel-x", "motion:9,45", "emboss"],
    [SampleType.uint8, .uint16])
  func cheapest(spec: String, sample: SampleType) throws {
    for sums in [false, true] {
      let request = try request(spec, sample, sums: sums)
      for kernels in Self.sets.values {
        let choice = BodyChoice(request, kernels: kernels)
        for candidate in BodyRequest.candidates where candidate.name != choice.name {
          let refusal = choice.refused.filter { $0.name == candidate.name }
          let dearer = choice.dearer.filter { $0.name == candidate.name }
          #expect(refusal.count + dearer.count == 1)
          do throws(BodyRefusal) {
            _ = try candidate.made(request, kernels)
            #expect(try candidate.cost(request, kernels) >= choice.cost, "\(candidate.name)")
          } catch {
            #expect(dearer.count == 1 || refusal[0].why == error)
          }
        }
      }
    }
  }

  @Test("says what was chosen, what would have cost more, and what refused")
  func reasons() throws {
    let choice = BodyChoice(try request("sharpen", .uint8), kernels: Self.sets["baseline"]!)
    #expect(
      choice.reasons == [
        "chosen: dot products of 2 words, cost 14.5",
        "dearer: dot products in parts 29.5, sums in 64 bits 88, one sum after the other 264,"
          + " transforms 281",
        "refused: mirrored strips in fixed point, strips in fixed point, planes in fixed point,"
          + " passes in single precision (nothing is rounded between); running sums in 16 bits,"
          + " running sums in 32 bits (no window of neighbours with equal weights); mirrored strips"
          + " in 16 bits, strips in 16 bits, planes in 16 bits, passes in 32 bits, passes in 64 bits,"
          + " plain passes in 64 bits (no product of a column and a row); pairs of taps in 16 bits,"
          + " pairs of taps to words, pairs of taps to 32 bits, dot products of 4 bytes (not in this"
          + " instruction set)",
      ])
  }
}
