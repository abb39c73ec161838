import KernelLanguage

/// What a body is asked for that weights the pixels of a window by where they are and by their colour.
package struct BilateralRequest: Sendable {
  package let kind: Bilateral
  /// Samples of a pixel that make its colour, and all of them.
  package let colors: Int
  package let channels: Int
  /// `.uint8` or `.uint16`; that of the output, too.
  package let input: Element

  package init(_ kind: Bilateral, colors: Int, channels: Int, input: Element) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.kind = kind
    self.colors = colors
    self.channels = channels
    self.input = input
  }
}

/// Costs are about multiplications a result: one for a tap, and one for its weight.
extension BilateralRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<BilateralRequest>] = [
    way("weights of half the taps", .held, cost: 1.5),
    way("weights of all taps", .unheld, cost: 2),
  ]

  private static func way(_ name: String, _ way: BilateralBody.Way, cost: Double)
    -> BodyCandidate<BilateralRequest>
  {
    BodyCandidate(
      name: name, cost: { request, _ in cost * request.area },
      operations: { request, _ in 2 * request.area },
      make: { request, kernels throws(BodyRefusal) in
        try BilateralBody(request, by: way, kernels: kernels)
      })
  }

  private var area: Double { Double(kind.size * kind.size) }
}
