import KernelLanguage

/// What a body is asked for that compares each sample with the mean and the deviation of its window:
///
///     mean + deviation · (in − m) / max(s, floor)
package struct MomentsRequest: Sendable {
  /// Of the window.
  package let rows: Int
  package let columns: Int
  package let anchor: Kernel.Anchor
  /// Samples between columns, and between windows of the same channel (≥ 1).
  package let sampleStep: Int
  /// `.uint8` or `.uint16`; that of the output, too.
  package let input: Element
  /// In levels, as are the next two.
  package let mean: Double
  package let deviation: Double
  package let floor: Double

  package init(
    rows: Int, columns: Int, anchor: Kernel.Anchor, sampleStep: Int, input: Element, mean: Double,
    deviation: Double, floor: Double
  ) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.rows = rows
    self.columns = columns
    self.anchor = anchor
    self.sampleStep = sampleStep
    self.input = input
    self.mean = mean
    self.deviation = deviation
    self.floor = floor
  }

  var reachSamples: Int { (columns - 1) * sampleStep }
}

/// What compares samples with their windows. Costs are about multiplications a result.
extension MomentsRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<MomentsRequest>] = [
    BodyCandidate(
      name: "sums up to each column in 32 bits",
      cost: { request, _ throws(BodyRefusal) in
        guard request.input == .uint8 else { throw .sampleType }
        let most = PrefixMoments.mostSamples
        guard request.rows * request.columns <= most else { throw .tooManySamples(most: most) }
        return 8
      },
      make: { PrefixMoments($0, kernels: $1) }),
    BodyCandidate(
      name: "running sums in 64 bits", cost: { _, _ in 16 }, operations: { _, _ in 8 },
      make: { request, _ in RunningMoments(request) }),
  ]
}
