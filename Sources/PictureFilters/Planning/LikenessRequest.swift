import KernelLanguage

/// What a body is asked for that weights the pixels of a window by how alike they are.
package struct LikenessRequest<Kind: Likeness>: CandidateRequest {
  package let kind: Kind
  /// Samples of a pixel that make its colour, and all of them.
  package let colors: Int
  package let channels: Int
  /// `.uint8` or `.uint16`; that of the output, too.
  package let input: Element

  package init(_ kind: Kind, colors: Int, channels: Int, input: Element) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.kind = kind
    self.colors = colors
    self.channels = channels
    self.input = input
  }

  package static var candidates: [BodyCandidate<Self>] { Kind.candidates }
}

/// By what pixels are alike, and the ways to such means. Costs are about multiplications a result.
package protocol Likeness: Sendable {
  static var candidates: [BodyCandidate<LikenessRequest<Self>>] { get }
}

/// By where they are and by their colour: one multiplication for a tap, and one for its weight.
extension Bilateral: Likeness {
  package static let candidates = [
    way("weights of half the taps", .held, cost: 1.5),
    way("weights of all taps", .unheld, cost: 2),
  ]

  private static func way(_ name: String, _ way: BilateralWay, cost: Double)
    -> BodyCandidate<LikenessRequest<Bilateral>>
  {
    BodyCandidate(
      name: name, cost: { request, _ in cost * request.kind.area },
      operations: { request, _ in 2 * request.kind.area },
      make: { request, kernels throws(BodyRefusal) in
        try BilateralBody(request, by: way, kernels: kernels)
      })
  }

  private var area: Double { Double(size * size) }
}

/// By their surroundings.
extension NonLocalMeans: Likeness {
  package static let candidates: [BodyCandidate<LikenessRequest<NonLocalMeans>>] = [
    BodyCandidate(
      name: "running sums of columns",
      cost: { request, _ in 2 * Double(request.kind.search * request.kind.search) },
      make: { NonLocalBody($0, kernels: $1) })
  ]
}
