/// What is asked for of one kernel and a picture: sums of windows or, of a wide Gaussian, what comes as near
/// to them without looking at all samples of each.
struct CorrelationRequest: Sendable {
  let windows: BodyRequest
  let gaussian: WideGaussian?
}

extension CorrelationRequest: CandidateRequest {
  enum Made: Sendable {
    case body(any FilterBody)
    case grid(WideGaussian)
  }

  /// Before all bodies: from the smallest σ of a grid on any passes cost more.
  static let candidates: [BodyCandidate<CorrelationRequest>] =
    [grid] + BodyRequest.candidates.map { $0.lifted(\.windows, made: Made.body) }

  private static let grid = BodyCandidate<CorrelationRequest>(
    name: "a grid",
    cost: { request, _ throws(BodyRefusal) in
      _ = try wide(request)
      return 40
    },
    make: { request, _ throws(BodyRefusal) in .grid(try wide(request)) })

  private static func wide(_ request: CorrelationRequest) throws(BodyRefusal)
    -> WideGaussian
  {
    guard let gaussian = request.gaussian else { throw .noGaussian }
    return gaussian
  }
}
