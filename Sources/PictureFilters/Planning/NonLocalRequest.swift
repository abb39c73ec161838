import KernelLanguage

/// What a body is asked for that weights the pixels of a window by how alike their surroundings are.
package struct NonLocalRequest: Sendable {
  package let kind: NonLocalMeans
  /// Samples of a pixel that make its colour, and all of them.
  package let colors: Int
  package let channels: Int
  /// `.uint8` or `.uint16`; that of the output, too.
  package let input: Element

  package init(_ kind: NonLocalMeans, colors: Int, channels: Int, input: Element) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.kind = kind
    self.colors = colors
    self.channels = channels
    self.input = input
  }
}

/// Costs are about multiplications a result.
extension NonLocalRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<NonLocalRequest>] = [
    BodyCandidate(
      name: "running sums of columns",
      cost: { request, _ in 2 * Double(request.kind.search * request.kind.search) },
      make: { NonLocalBody($0, kernels: $1) })
  ]
}
