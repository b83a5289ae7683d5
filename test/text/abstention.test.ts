import { describe, expect, it } from 'vitest';
import { isAbstention } from '../../src/text/abstention.ts';

describe('isAbstention', () => {
  it.each([
    "I don't know.",
    'I don’t know the answer to that.',
    'Sorry, but I do not know.',
    "I'm sorry, but I cannot find any information about that in the provided documents.",
    'I cannot answer this question based on the given context.',
    "I can't determine the captain's name from the documents.",
    'Based on the provided passages, I am unable to answer that.',
    'The provided context does not contain information about the captain.',
    'Unfortunately, the documents do not mention the name of the captain.',
    'The documents do not say. They only list the fares.',
    'This question cannot be answered from the context.',
    'The answer is not in the documents.',
    'There is not enough information to answer the question.',
    'There is no information about that in the documents.',
    "I don't have enough information to say.",
    'Unanswerable',
    'No answer.',
    'Je ne sais pas.',
    'Désolé, je ne trouve pas de réponse dans les documents.',
    'Les documents fournis ne mentionnent pas le nom du capitaine.',
    "Malheureusement, je n'ai pas trouvé la réponse.",
    "Il n'y a pas assez d'informations pour répondre.",
    'No lo sé.',
    'Lo siento, pero no puedo responder a esa pregunta.',
    'Los documentos no mencionan el nombre del capitán.',
    'No hay suficiente información para responder.',
    'Ich weiß es nicht.',
    'Das weiß ich leider nicht.',
    'Leider kann ich das nicht sagen, die Dokumente enthalten dazu keine Angaben.',
    'Die Frage kann anhand der Dokumente nicht beantwortet werden.',
    'Es tut mir leid, ich habe dazu keine Informationen.',
  ])('takes %j for an abstention', (answer) => {
    expect(isAbstention(answer)).toBe(true);
  });

  it.each([
    '',
    'It costs 12 euros.',
    'No.',
    'No, dogs cannot sail without a lead.',
    'Bicycles are not included in the fare.',
    'The answer is 12 euros.',
    'The captain does not know the port of Saint-Aubrac.',
    'Passengers who do not know their booking number can ask at the desk.',
    'You cannot find a seat without a reservation.',
    'The information desk does not give refunds.',
    "The exact date isn't given, but the fare is 12 euros.",
    "I don't know the exact date, but the fare is 12 euros.",
    'The documents do not mention adults. However, children sail free.',
    'Unknown to many, the ferry sails at 6.',
    "I'm sorry, something went wrong. Please try again later.",
    "I'm sorry.",
    'Sorry, I cannot answer this right now: an error occurred.',
    "I don't know what happened: an internal error occurred.",
    'The service is temporarily unavailable.',
    'Non, les chiens ne sont pas admis.',
    'No se permite fumar a bordo.',
    'No se puede viajar sin billete.',
    'Nein, Hunde sind nicht erlaubt.',
    'Die Karte ist nicht übertragbar.',
  ])('does not take %j for one', (answer) => {
    expect(isAbstention(answer)).toBe(false);
  });
});
